/** Languages that a table gives to soundtracks whose files do not say. */
import type { Track } from '../media/types'

/** @param languages Of the soundtracks in file order; a track keeps what it says itself. */
export const fillLanguages = <T extends Track>(tracks: readonly T[], languages: readonly string[] = []): T[] => {
  let position = 0
  return tracks.map((track) => {
    if (track.kind !== 'audio') return track
    const language = languages[position++] ?? 'und'
    return track.language === 'und' ? { ...track, language } : track
  })
}
