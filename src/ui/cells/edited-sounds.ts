/** Soundtracks of titles as the document has them now, also where the corpus cell has not run with it yet; and edits of many. */
import type { TitleSummary, TrackSummary } from '../../engine/api'
import { isOfTrack, type SoundKind, type TrackChange, type TrackEdit, withEdit } from '../../schema/track-edits'

export interface EditedSound {
  readonly path: string
  /** Of the file; with `path` what edits refer to. */
  readonly track: number
  /** Of the title. */
  readonly id: number
  /** Counted from 1 among the title's soundtracks. */
  readonly number: number
  readonly language: string
  readonly kind: SoundKind
  readonly offsetMs: number
  /** First sample in title time. */
  readonly startS: number
  readonly isOriginal: boolean
  readonly isEdited: boolean
  readonly summary: TrackSummary
}

/** Finds the edit of a track without a search for each. */
export const editsByTrack = (edits: readonly TrackEdit[]): ReadonlyMap<string, TrackEdit> =>
  new Map(edits.map((edit) => [`${edit.track} ${edit.path}`, edit]))

export function soundsOf(title: TitleSummary, edits: ReadonlyMap<string, TrackEdit>): readonly EditedSound[] {
  const sounds = title.tracks.flatMap((summary) => {
    if (!summary.sound) return []
    const edit = edits.get(`${summary.sound.track} ${summary.sound.path}`)
    return [{ summary, sound: summary.sound, edit }]
  })
  const chosen = sounds.find(({ edit }) => edit?.original)?.summary.id ?? title.originalTrack
  return sounds.map(({ summary, sound: { path, track, found }, edit }, index) => ({
    path,
    track,
    id: summary.id,
    number: index + 1,
    ...withEdit(found, edit),
    offsetMs: edit?.offsetMs ?? 0,
    isOriginal: summary.id === chosen,
    isEdited: edit !== undefined,
    summary,
  }))
}

/** What to say of a track; what is absent stays as it is. */
export type Saying = Omit<TrackChange, 'path' | 'track'>

/** The change of one track; of the soundtracks of a title only one is the original. */
export const changesOf = (sound: EditedSound, all: readonly EditedSound[], saying: Saying): readonly TrackChange[] => [
  ...(saying.original ? all : [])
    .filter((other) => !isOfTrack(other, sound))
    .map(({ path, track }) => ({ path, track, original: null })),
  { path: sound.path, track: sound.track, ...saying },
]

/** Which tracks of every title are meant. */
export interface Choice {
  /** `und`, a language, or a track's number among the soundtracks. */
  readonly which: { readonly language: string } | { readonly number: number } | 'all'
  /** Part of the name of the file or track, in any case; empty for any. */
  readonly named: string
}

export const chosenSounds = (sounds: readonly EditedSound[], { which, named }: Choice): readonly EditedSound[] =>
  sounds.filter(
    ({ language, number, path, summary }) =>
      (which === 'all' || ('number' in which ? which.number === number : which.language === language)) &&
      `${path} ${summary.name ?? ''}`.toLowerCase().includes(named.trim().toLowerCase()),
  )

/** Changes of all chosen tracks of all titles; where several of one title would be its original, the first is. */
export const changesOfAll = (
  titles: readonly (readonly EditedSound[])[],
  choice: Choice,
  saying: Saying,
): readonly TrackChange[] =>
  titles.flatMap((sounds) =>
    chosenSounds(sounds, choice).flatMap((sound, index) => {
      const { original, ...others } = saying
      return changesOf(sound, sounds, index === 0 && original ? saying : others)
    }),
  )

/** Number of milliseconds that somebody typed, also with a real minus or a decimal comma; NaN when it is none. */
export const parseMs = (text: string): number =>
  text.trim() === ''
    ? 0
    : Number(
        text
          .trim()
          .replace('−', '-')
          .replace(',', '.')
          .replace(/\s*ms$/i, ''),
      )

/** `−700 ms`, `+12.5 ms`. */
export const shownMs = (ms: number): string =>
  `${ms < 0 ? '−' : '+'}${Number(Math.abs(ms).toFixed(3)).toLocaleString('en').replaceAll(',', ' ')} ms`
