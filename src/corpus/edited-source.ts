/**
 * A title's tracks as somebody says they are: languages, kinds and offsets of the notebook's edits over what files and
 * tables say. An offset moves samples as wholes, so that what is heard is bit for bit what the file holds.
 */
import type { AudioWindow, MediaSource, Track } from '../media/types'
import { foundFacts, type Soundtrack, type TrackEdit, withEdit } from '../schema/track-edits'
import type { CombinedSource, FoundTrack } from './combined-source'
import { fillLanguages } from './fill-languages'

export interface TitleTrack extends Track {
  /** Of soundtracks: what the page needs to edit them. */
  readonly sound?: Soundtrack
  /** What somebody says of it. */
  readonly said?: Pick<TrackEdit, 'original' | 'kind'>
}

export interface EditedSource extends MediaSource {
  readonly tracks: readonly TitleTrack[]
}

/**
 * @param editOf Finds what is said of a track of a file.
 * @param languages Of the soundtracks in file order, for those that do not say.
 */
export function editSource(
  source: CombinedSource,
  editOf: (origin: FoundTrack['origin']) => TrackEdit | undefined,
  languages?: readonly string[],
): EditedSource {
  const tracks = fillLanguages(source.tracks, languages).map((track) =>
    editedTrack(track, track.kind === 'audio' ? editOf(track.origin) : undefined),
  )
  return {
    ...source,
    tracks,
    readAudio(trackId, startS, endS, signal) {
      const track = tracks.find(({ id }) => id === trackId)
      const offsetMs = track?.sound?.offsetMs ?? 0
      if (offsetMs === 0) return source.readAudio(trackId, startS, endS, signal)
      return readShifted(source, trackId, { startS, endS, offsetMs, sampleRate: track?.sampleRate ?? 48000 }, signal)
    },
  }
}

function editedTrack({ origin, ...track }: FoundTrack, edit: TrackEdit | undefined): TitleTrack {
  if (track.kind !== 'audio') return track
  const found = foundFacts(track.language, track.startS)
  const { language, kind, startS } = withEdit(found, edit)
  const sound: Soundtrack = { ...origin, kind, offsetMs: edit?.offsetMs ?? 0, found }
  return { ...track, language, startS, sound, ...(edit && { said: edit }) }
}

interface ShiftedWindow {
  readonly startS: number
  readonly endS: number
  readonly offsetMs: number
  readonly sampleRate: number
}

/** The window on the track's own grid, moved by the whole number of samples that is nearest to the offset. */
function readShifted(
  source: MediaSource,
  trackId: number,
  { startS, endS, offsetMs, sampleRate }: ShiftedWindow,
  signal?: AbortSignal,
): Promise<AudioWindow> {
  const first = Math.round(startS * sampleRate) - Math.round((offsetMs / 1000) * sampleRate)
  const length = Math.round((endS - startS) * sampleRate)
  return source.readAudio(trackId, first / sampleRate, (first + length) / sampleRate, signal)
}
