/**
 * Opens a media file: picks the demuxer by content, asks the browser what it can decode, sets title time, and offers sound and
 * frames by time. Other containers join by another demuxer that fills the same tables.
 */
import { readAudioWindow } from './audio-reader'
import { ByteReader } from './byte-reader'
import { recogniseContainer, unreadableMessage } from './container-kind'
import type { Demuxed, DemuxedTrack } from './demuxed'
import { decodeFrames } from './frame-reader'
import { demuxIsobmff } from './isobmff/demux'
import { frameAt, loadStretch, nearbyTimes, timesOnScreen } from './stretch'
import type { MediaProblem, MediaSource, Track } from './types'

/** What one read fetches at least: enough for neighbouring packets, little beside what a decoder holds. */
const audioWindowBytes = 64 * 1024
const videoWindowBytes = 512 * 1024

const causeOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

async function isDecodable(track: DemuxedTrack): Promise<boolean> {
  if (track.obstacle) return false
  try {
    if (track.kind === 'video') return (await VideoDecoder.isConfigSupported(track.config)).supported === true
    if (track.coding.kind === 'pcm') return track.channels > 0 && track.sampleRate > 0
    return (await AudioDecoder.isConfigSupported(track.coding.config)).supported === true
  } catch {
    // The browser does not even know what this configuration means.
    return false
  }
}

function summarise(track: DemuxedTrack, titleZeroS: number, decodable: boolean): Track {
  const startS = track.startTicks / track.timescale
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

/**
 * @param path name to call the file by, with the folder it was dropped with.
 * @throws with a message that can be shown: the file is no video, is cut off before its index, holds no track.
 */
export async function openMedia(path: string, file: Blob): Promise<MediaSource> {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const head = new Uint8Array(await file.slice(0, 4096).arrayBuffer())
  if (recogniseContainer(head)?.kind !== 'isobmff') throw new Error(unreadableMessage(path, head))
  let demuxed: Demuxed
  try {
    demuxed = await demuxIsobmff(new ByteReader(file, audioWindowBytes))
  } catch (error) {
    throw new Error(`${name}: ${causeOf(error)}.`, { cause: error })
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
        const stretch = await loadStretch(track, startS + titleZeroS, endS + titleZeroS, reader, signal)
        return await readAudioWindow({ ...track, ...stretch }, titleZeroS, startS, endS, signal)
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
    },
  }
}
