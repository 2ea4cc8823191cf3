/** Which soundtracks of a title can be used, in which language, and which of them is the original. */
import type { TitleTrack } from './edited-source'

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

/** Not where somebody says of the track that it is the original, or speech of the film. */
const isBeside = ({ name, said }: Pick<TitleTrack, 'name' | 'said'>): boolean =>
  name !== undefined && besideTheFilm.test(name) && said?.original === undefined && said?.kind === undefined

/** Position of the original: the track that somebody says, else the language that a table says, else the only track that players begin with, else the first. */
function originalAmong(tracks: readonly TitleTrack[], original: string | undefined): number {
  const chosenByHand = tracks.findIndex(({ said }) => said?.original)
  if (chosenByHand >= 0) return chosenByHand
  const film = tracks.filter((track) => !isBeside(track))
  const spoken = film.find(({ language }) => language === original)
  const begins = film.filter(({ isDefault }) => isDefault)
  const chosen = spoken ?? (begins.length === 1 ? begins[0] : undefined) ?? film[0]
  return chosen ? tracks.indexOf(chosen) : 0
}

/**
 * Decodable soundtracks that nobody wants ignored, the original first and commentaries last.
 * @param original language of the original, where it is known.
 */
export function titleSoundtracks(
  { tracks }: { readonly tracks: readonly TitleTrack[] },
  original?: string,
): AudioTrackRef[] {
  const named = tracks.filter(({ kind, decodable, said }) => kind === 'audio' && decodable && said?.kind !== 'ignored')
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
