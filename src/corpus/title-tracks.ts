/** Which soundtracks of a title can be used, in which language, and which of them is the original. */
import type { MediaSource, Track } from '../media/types'

export interface AudioTrackRef {
  readonly trackId: number
  readonly language: string
  readonly startS: number
  readonly endS: number
  /** What the file or its name calls the track. */
  readonly name?: string
  /** The sound file that the track is from; absent: the title's own file. */
  readonly file?: string
}

/** Somebody talks about the film there, or describes it: no dub, whatever the language. */
const besideTheFilm = /comment|kommentar|descri(ption|bed)|audio ?desc/i

const isBeside = ({ name }: { readonly name?: string }): boolean => name !== undefined && besideTheFilm.test(name)

/** Position of the original: the language that somebody says, else the only track that players begin with, else the first. */
function originalAmong(tracks: readonly Track[], original: string | undefined): number {
  const film = tracks.filter((track) => !isBeside(track))
  const spoken = film.find(({ language }) => language === original)
  const begins = film.filter(({ isDefault }) => isDefault)
  const chosen = spoken ?? (begins.length === 1 ? begins[0] : undefined) ?? film[0]
  return chosen ? tracks.indexOf(chosen) : 0
}

/**
 * Decodable soundtracks, the original first and commentaries last.
 * @param original language of the original, where it is known.
 * @param languages of the soundtracks in file order, for those that do not say.
 */
export function titleSoundtracks(
  { tracks }: Pick<MediaSource, 'tracks'>,
  original?: string,
  languages: readonly string[] = [],
): AudioTrackRef[] {
  const named = tracks
    .filter(({ kind }) => kind === 'audio')
    .map((track, i) => (track.language === 'und' ? { ...track, language: languages[i] ?? 'und' } : track))
    .filter(({ decodable }) => decodable)
  const first = originalAmong(named, original)
  const ordered = [...named.slice(first, first + 1), ...named.toSpliced(first, 1)]
  return [...ordered.filter((track) => !isBeside(track)), ...ordered.filter(isBeside)].map(
    ({ id, language, startS, durationS, name, file }) => ({
      trackId: id,
      language,
      startS,
      endS: startS + durationS,
      ...(name !== undefined && { name }),
      ...(file !== undefined && { file }),
    }),
  )
}
