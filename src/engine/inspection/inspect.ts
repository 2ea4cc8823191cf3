/** What a media file shows when it is opened as a corpus opens it: its tracks, their sound, the colours of their frames. */
import { openMedia } from '../../media/source'
import type { MediaSource, Track } from '../../media/types'
import { meanColour } from './mean-colour'

/** A part of title time; `toS` may be infinite. */
export interface TimeRange {
  readonly fromS: number
  readonly toS: number
}

/** Contents of `<file>.json`. */
export interface MediaReport {
  /** Null where the file could not be opened. */
  readonly container: string | null
  readonly durationS: number
  readonly tracks: readonly (Track & { readonly problem?: string })[]
  readonly problems: readonly string[]
}

/** Takes what is read, piece by piece, in order. */
export interface InspectionSink {
  /** Samples [frames, channels], interleaved. */
  sound(track: Track, samples: Float32Array<ArrayBuffer>): Promise<void>
  /** Lines of `timeS,meanR,meanG,meanB`, each with its line end. */
  frames(track: Track, lines: string): Promise<void>
}

/** Sound that is decoded at once. */
const pieceS = 10
const linesAtOnce = 100
/** Times go through seconds and back. */
const roundingS = 1e-6

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

async function readSound(source: MediaSource, track: Track, { fromS, toS }: TimeRange, sink: InspectionSink) {
  const rate = track.sampleRate ?? 0
  const end = Math.round(Math.min(toS, track.startS + track.durationS) * rate)
  const step = Math.round(pieceS * rate)
  let problem: string | undefined
  for (let at = Math.round(fromS * rate); at < end; at += step) {
    const count = Math.min(step, end - at)
    let samples = new Float32Array(count * (track.channels ?? 0))
    try {
      const { channels } = await source.readAudio(track.id, at / rate, (at + count) / rate)
      samples = interleave(channels, count)
    } catch (error) {
      problem ??= messageOf(error)
    }
    await sink.sound(track, samples)
  }
  return problem
}

function interleave(channels: readonly Float32Array[], count: number): Float32Array<ArrayBuffer> {
  const samples = new Float32Array(count * channels.length)
  for (const [channel, own] of channels.entries())
    for (let i = 0; i < count; i++) samples[i * channels.length + channel] = own[i] ?? 0
  return samples
}

async function readColours(source: MediaSource, track: Track, { fromS, toS }: TimeRange, sink: InspectionSink) {
  let lines: string[] = []
  try {
    const shown = await source.frameTimes(track.id, fromS, toS)
    const begun = shown.filter((timeS) => timeS >= fromS - roundingS && timeS < toS - roundingS)
    // A range that no frame begins in shows the one before it.
    const times = begun.length > 0 ? begun : shown.subarray(0, 1)
    for await (const frame of source.readFrames(track.id, times)) {
      const timeS = times[frame.index] ?? frame.timeS
      lines.push(`${[timeS.toFixed(6), ...meanColour(frame).map((mean) => mean.toFixed(3))].join(',')}\n`)
      if (lines.length < linesAtOnce) continue
      await sink.frames(track, lines.join(''))
      lines = []
    }
  } catch (error) {
    return messageOf(error)
  } finally {
    if (lines.length > 0) await sink.frames(track, lines.join(''))
  }
  return undefined
}

/**
 * Opens a file and reads every track that can be decoded into `sink`. What goes wrong with the file or a track is part of the
 * report.
 */
export async function inspectMedia(file: File, range: TimeRange, sink: InspectionSink): Promise<MediaReport> {
  let source: MediaSource
  try {
    source = await openMedia(file.name, file)
  } catch (error) {
    return { container: null, durationS: 0, tracks: [], problems: [messageOf(error)] }
  }
  try {
    const problems = source.problems.map(({ message }) => message)
    const tracks: (Track & { problem?: string })[] = []
    for (const track of source.tracks) {
      let problem = source.problems.find((candidate) => candidate.track === track.id)?.message
      if (track.decodable) {
        const read = track.kind === 'audio' ? readSound : readColours
        const failure = await read(source, track, range, sink)
        if (failure !== undefined) problems.push(failure)
        problem ??= failure
      }
      tracks.push({ ...track, ...(problem !== undefined && { problem }) })
    }
    return { container: source.container, durationS: source.durationS, tracks, problems }
  } finally {
    source.close()
  }
}
