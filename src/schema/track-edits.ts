/**
 * What somebody says of soundtracks by hand, against or beside what files say: language, kind, which is the original, and
 * an offset. Stored in the corpus cell of the notebook; the page shows it at once, the engine opens titles with it.
 */
import { parseLanguage } from './language'
import { z } from './zod'

/** BCP-47's tag for sound without language: the stem that is left when speech is taken out. */
export const backgroundTag = 'zxx'

/** `speech` is the original or a dub, `background` the stem without speech; what is `ignored` is no soundtrack at all. */
export const soundKinds = ['speech', 'background', 'ignored'] as const
export type SoundKind = (typeof soundKinds)[number]

/** No offset is larger, in ms. */
const largestOffsetMs = 3_600_000

const language = z.string().transform((text, context) => {
  try {
    return parseLanguage(text)
  } catch (error) {
    // Messages of a schema end without a full stop.
    const message = (error instanceof Error ? error.message : String(error)).replace(/\.$/, '')
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  }
})

const offsetError = 'An offset is a number of milliseconds from -3600000 to 3600000 (an hour); positive is later'
const offset = z.number(offsetError).min(-largestOffsetMs, offsetError).max(largestOffsetMs, offsetError)

/** What is absent is as the file says. */
export const trackEdit = z.object({
  /** The file that holds the track, video or sidecar, as the media of the cell call it. */
  path: z.string().max(4096),
  /** Counted from 0 in file order, over all kinds. */
  track: z.number().int().min(0).max(9999),
  /** Any form that {@link parseLanguage} reads; BCP-47 once it is read. */
  language: language.optional(),
  /** The soundtrack that the others are dubs of. */
  original: z.literal(true).optional(),
  kind: z.enum(soundKinds).optional(),
  /** Moves the sound against the picture; positive is later. Samples are moved as wholes. */
  offsetMs: offset.optional(),
  /** Track 0 of a sound file: the video whose soundtracks it holds, where names do not tell. */
  video: z.string().max(4096).optional(),
})

export type TrackEdit = z.infer<typeof trackEdit>

/** A change of what is said of one track; null goes back to what the file says. */
export type TrackChange = Pick<TrackEdit, 'path' | 'track'> & {
  readonly [K in 'language' | 'original' | 'kind' | 'offsetMs' | 'video']?: TrackEdit[K] | null
}

/** What a soundtrack is taken for. */
export interface SoundFacts {
  /** BCP-47. */
  readonly language: string
  readonly kind: SoundKind
  /** First sample, in title time. */
  readonly startS: number
}

/** A soundtrack of a title, with all that is needed to edit it. */
export interface Soundtrack extends Pick<TrackEdit, 'path' | 'track'> {
  readonly kind: SoundKind
  readonly offsetMs: number
  /** Without edits. */
  readonly found: SoundFacts
}

/** Facts of a track that nobody has edited: a stem is known by its language. */
export const foundFacts = (tag: string, startS: number): SoundFacts => ({
  language: tag,
  kind: tag === backgroundTag ? 'background' : 'speech',
  startS,
})

/** What a soundtrack is taken for with an edit. Speech without a language of its own is `und`; a stem has none. */
export function withEdit(found: SoundFacts, edit: Omit<TrackEdit, 'path' | 'track'> = {}): SoundFacts {
  const tag = edit.language ?? found.language
  const kind = edit.kind ?? (edit.language === undefined ? found.kind : foundFacts(tag, 0).kind)
  const spoken = tag === backgroundTag && kind === 'speech' ? 'und' : tag
  return {
    language: kind === 'background' ? backgroundTag : spoken,
    kind,
    startS: found.startS + (edit.offsetMs ?? 0) / 1000,
  }
}

export const isOfTrack = (
  edit: Pick<TrackEdit, 'path' | 'track'>,
  { path, track }: Pick<TrackEdit, 'path' | 'track'>,
) => edit.path === path && edit.track === track

/**
 * Edits with some changed, by path and track; what says nothing any more is left out.
 * @throws when a value is not allowed, saying what is.
 */
export function changeTracks(edits: readonly TrackEdit[], changes: readonly TrackChange[]): TrackEdit[] {
  let all = [...edits]
  for (const change of changes) {
    const given = { ...all.find((edit) => isOfTrack(edit, change)), ...change }
    const said = Object.entries(given).filter(([key, value]) => value !== null && !(key === 'offsetMs' && value === 0))
    const next = trackEdit.safeParse(Object.fromEntries(said))
    if (!next.success) throw new Error(`${next.error.issues[0]?.message ?? 'This cannot be said of a track'}.`)
    all = all.filter((edit) => !isOfTrack(edit, change))
    if (Object.keys(next.data).length > 2) all.push(next.data)
  }
  return all.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.track - b.track))
}

/** What Align found for one dub; nothing of it is applied. */
export interface OffsetProposal {
  readonly trackId: number
  readonly language: string
  /** The file that holds the track and its id there, as edits name them. */
  readonly path: string
  readonly track: number
  /** The offset that it has and the one that would align it, ms; positive moves it later. Null: none was found. */
  readonly presentMs: number
  readonly offsetMs: number | null
  /** 0 to 1; by how much the offset stands out over the next best. */
  readonly confidence: number
  /** The confidence suffices to rely on. */
  readonly reliable: boolean
  /** Places at which the same offset is the best, of those that were compared. */
  readonly agreeing: number
  readonly places: number
}
