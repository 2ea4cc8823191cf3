/**
 * Opens a media file: recognises it by content, has it parsed where that can do no harm, asks the browser what it can decode, sets title time, and offers sound and
 * frames by time. All demuxers fill the same tables; those of other containers than MP4 are loaded on first use.
 */
import { readAudioWindow } from './audio-reader'
import { ByteReader } from './byte-reader'
import { unreadableMessage } from './container-kind'
import type { Demuxed, DemuxedAudio, DemuxedTrack } from './demuxed'
import { decodeFrames } from './frame-reader'
import { findMedia } from './media-start'
import { demuxInWorker } from './parsing/demux-in-worker'
import { frameAt, loadStretch, nearbyTimes, timesOnScreen } from './stretch'
import type { MediaProblem, MediaSource, Track } from './types'

/** What one read fetches at least: enough for neighbouring packets, little beside what a decoder holds. */
const audioWindowBytes = 64 * 1024
const videoWindowBytes = 512 * 1024

/** Of what is read on demand or decoded by a library, so much at once. */
const longestSoundS = 30

const causeOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

async function isDecodable(track: DemuxedTrack): Promise<boolean> {
  if (track.obstacle) return false
  try {
    if (track.kind === 'video') return (await VideoDecoder.isConfigSupported(track.config)).supported === true
    if (track.coding.kind !== 'webcodecs') return track.channels > 0 && track.sampleRate > 0
    return (await AudioDecoder.isConfigSupported(track.coding.config)).supported === true
  } catch {
    // The browser does not even know what this configuration means.
    return false
  }
}

function summarise(track: DemuxedTrack, titleZeroS: number, decodable: boolean): Track {
  // An encoder's lead-in counts for the clock, but nothing is heard in it.
  const heardTicks = track.kind === 'audio' ? (track.segments[0]?.presentationStart ?? 0) : track.startTicks
  const startS = Math.max(track.startTicks, heardTicks) / track.timescale
  const common = {
    id: track.id,
    codec: track.codec,
    language: track.language,
    startS: startS - titleZeroS,
    durationS: track.endTicks / track.timescale - startS,
    decodable,
    ...(track.name !== undefined && { name: track.name }),
    ...(track.isDefault !== undefined && { isDefault: track.isDefault }),
  }
  if (track.kind === 'audio')
    return { kind: 'audio', ...common, channels: track.channels, sampleRate: track.sampleRate }
  const { displayWidth, displayHeight, rotation } = track
  const { time } = track.frames
  const spanS = ((time.at(-1) ?? 0) - (time[0] ?? 0)) / track.timescale
  const frameRate = track.frameRate ?? (spanS > 0 ? (time.length - 1) / spanS : 25)
  return { kind: 'video', ...common, frameRate, width: displayWidth, height: displayHeight, rotation }
}

function problemsOf(name: string, demuxed: Demuxed, tracks: readonly Track[]): MediaProblem[] {
  const problems: MediaProblem[] = demuxed.problems.map((problem) => ({ message: `${name}: ${problem}.` }))
  const others = tracks.filter((track) => track.decodable).length
  const rest = others === 1 ? 'the other track is used' : `the other ${others} tracks are used`
  for (const { id, codec, language, decodable } of tracks) {
    if (decodable) continue
    const obstacle = demuxed.tracks.find((track) => track.id === id)?.obstacle
    const cause = obstacle ?? `${codec} is not decodable in this browser`
    const consequence = others === 0 ? 'nothing of the file can be used' : rest
    const subject = `Track ${id} (${language}) of ${name}`
    problems.push({
      track: id,
      message: obstacle ? `${subject} ${cause}; ${consequence}.` : `${subject}: ${cause}; ${consequence}.`,
    })
  }
  return problems
}

/** Tracks as demuxed, but for those that a library decodes: what they decode to is looked at. */
async function probed({ tracks, ...rest }: Demuxed, file: Blob): Promise<Demuxed> {
  const reader = new ByteReader(file, audioWindowBytes)
  const looked = tracks.map(async (track) => {
    if (track.kind !== 'audio' || track.coding.kind !== 'library' || track.obstacle) return track
    const { probeLibraryTrack } = await import('./library/probe')
    const beginS = track.startTicks / track.timescale
    return probeLibraryTrack(track, await loadStretch(track, beginS, beginS + 0.1, reader))
  })
  return { ...rest, tracks: await Promise.all(looked) }
}

/** Parts of a window of sound that are read one after the other. */
function soundParts(track: DemuxedAudio, startS: number, endS: number): [startS: number, endS: number][] {
  const whole = !track.stretch && track.coding.kind !== 'library'
  const partS = whole ? Number.POSITIVE_INFINITY : longestSoundS
  const parts: [number, number][] = []
  for (let fromS = startS; fromS < endS; fromS += partS) parts.push([fromS, Math.min(endS, fromS + partS)])
  return parts
}

/**
 * @param path name to call the file by, with the folder it was dropped with.
 * @throws with a message that can be shown: the file is no video, is cut off before its index, holds no track.
 */
export async function openMedia(path: string, whole: Blob): Promise<MediaSource> {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const start = await findMedia(whole)
  if (!start) throw new Error(unreadableMessage(path, new Uint8Array(await whole.slice(0, 4096).arrayBuffer())))
  const { kind, file } = start
  let demuxed: Demuxed
  try {
    demuxed = await probed(await demuxInWorker(kind, file), file)
  } catch (error) {
    throw new Error(`${name}: ${causeOf(error).replace(/\.$/, '')}.`, { cause: error })
  }
  if (demuxed.tracks.length === 0) {
    const details = demuxed.problems.length > 0 ? ` (${demuxed.problems.join('; ')})` : ''
    throw new Error(`${name}: the file holds neither sound nor pictures${details}. Drop a video file.`)
  }
  const titleZeroS = Math.min(...demuxed.tracks.map((track) => track.startTicks / track.timescale))
  const decodable = await Promise.all(demuxed.tracks.map(isDecodable))
  const tracks = demuxed.tracks.map((track, i) => summarise(track, titleZeroS, decodable[i] ?? false))
  let closed = false

  const find = <K extends DemuxedTrack['kind']>(id: number, kind: K): Extract<DemuxedTrack, { kind: K }> => {
    if (closed) throw new Error(`${name} was closed.`)
    const track = demuxed.tracks.find((candidate) => candidate.id === id)
    if (track?.kind !== kind) throw new Error(`${name} has no ${kind} track ${id}.`)
    if (!tracks.find((summary) => summary.id === id)?.decodable)
      throw new Error(`Track ${id} (${track.language}) of ${name}: ${track.codec} is not decodable in this browser.`)
    // The kinds were just compared; TypeScript does not carry that over to the type parameter.
    return track as Extract<DemuxedTrack, { kind: K }>
  }
  /** Names the track in errors from below; a cancellation stays what it is. */
  const named = (track: DemuxedTrack, error: unknown, signal?: AbortSignal): unknown =>
    signal?.aborted
      ? error
      : new Error(`Track ${track.id} (${track.language}) of ${name}: ${causeOf(error)}.`, { cause: error })

  return {
    path,
    container: demuxed.container,
    durationS: Math.max(...tracks.map((track) => track.startS + track.durationS)),
    tracks,
    problems: problemsOf(name, demuxed, tracks),
    async frameTimes(id, startS, endS, signal) {
      const track = find(id, 'video')
      try {
        const reader = new ByteReader(file, audioWindowBytes)
        const times = await timesOnScreen(track, startS + titleZeroS, endS + titleZeroS, reader, signal)
        return times.map((timeS) => timeS - titleZeroS)
      } catch (error) {
        throw named(track, error, signal)
      }
    },
    async readAudio(id, startS, endS, signal) {
      const track = find(id, 'audio')
      try {
        const reader = new ByteReader(file, audioWindowBytes)
        const { sampleRate } = track
        const first = Math.round(startS * sampleRate)
        const length = Math.max(0, Math.round((endS - startS) * sampleRate))
        const channels = Array.from({ length: track.channels }, () => new Float32Array(length))
        for (const [fromS, toS] of soundParts(track, startS, endS)) {
          const stretch = await loadStretch(track, fromS + titleZeroS, toS + titleZeroS, reader, signal)
          const part = await readAudioWindow({ ...track, ...stretch }, titleZeroS, fromS, toS, signal)
          const at = Math.round(fromS * sampleRate) - first
          for (const [channel, samples] of part.channels.entries())
            channels[channel]?.set(samples.subarray(0, length - at), at)
        }
        return { sampleRate, channels }
      } catch (error) {
        throw named(track, error, signal)
      }
    },
    async *readFrames(id, wantedS, signal) {
      const track = find(id, 'video')
      const reader = new ByteReader(file, videoWindowBytes)
      let index = 0
      try {
        for (const near of nearbyTimes(
          track,
          Array.from(wantedS, (timeS) => timeS + titleZeroS),
        )) {
          const stretch = await loadStretch(track, near[0] ?? 0, near.at(-1) ?? 0, reader, signal)
          const timesS = stretch.frames.time.map((ticks) => ticks / track.timescale - titleZeroS)
          const rows = near.map((timeS) => frameAt(stretch.frames, track.timescale, timeS))
          for await (const frame of decodeFrames({ ...track, ...stretch }, timesS, rows, signal))
            yield { ...frame, index: index++ }
        }
      } catch (error) {
        throw named(track, error, signal)
      }
    },
    close() {
      closed = true
      demuxed.close?.()
    },
  }
}
