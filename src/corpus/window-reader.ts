/**
 * Reads stretches of titles: the frames that a view needs and the sound of one language. Small corpora are decoded once
 * and kept in memory; of large ones every window is decoded when it is asked for, or read from chunks on disk.
 */

import type { Sound } from '../features/audio-inputs'
import { resampleTo25, uniformIndices } from '../features/frame-indices'
import type { PixelFrame } from '../media/types'
import type { DecodedChunks } from './decoded-chunks'
import type { OpenCorpus, OpenTitle } from './open-corpus'

const toleranceS = 1e-4

export class WindowReader {
  private readonly keepFrames: boolean
  private readonly keepSound: boolean
  private readonly frames = new Map<OpenTitle, Promise<readonly PixelFrame[]>>()
  private readonly sounds = new Map<string, Promise<Sound>>()

  /**
   * @param keepLimitBytes Decoded pictures, and decoded sound, stay in memory if all of them together need no more.
   * @param chunks Keeps on disk what memory does not hold.
   */
  constructor(
    { titles }: OpenCorpus,
    keepLimitBytes = 144 * 2 ** 20,
    private readonly chunks: DecodedChunks | null = null,
  ) {
    let frameBytes = 0
    let soundBytes = 0
    for (const { source, videoTrackId } of titles)
      for (const track of source.tracks)
        if (track.id === videoTrackId)
          frameBytes += track.durationS * (track.frameRate ?? 25) * (track.width ?? 0) * (track.height ?? 0) * 1.5
        else if (track.kind === 'audio' && track.decodable)
          soundBytes += track.durationS * (track.sampleRate ?? 48000) * (track.channels ?? 2) * 4
    this.keepFrames = frameBytes <= keepLimitBytes
    this.keepSound = soundBytes <= keepLimitBytes
  }

  /**
   * `count` frames spread evenly over a window: its frames (both ends included) at 25 per second by index, then
   * uniformly (`spec/pretraining.md` section 3.1). A window that holds no frame gives the one shown at its start.
   */
  async clip(title: OpenTitle, startS: number, durationS: number, count: number, signal?: AbortSignal) {
    const fps = title.source.tracks.find(({ id }) => id === title.videoTrackId)?.frameRate ?? 25
    const shown = await title.source.frameTimes(
      title.videoTrackId,
      startS - toleranceS,
      startS + durationS + toleranceS,
      signal,
    )
    const begun = shown.filter((timeS) => timeS >= startS - toleranceS)
    const inside = begun.length > 0 ? begun : shown.subarray(0, 1)
    const at25 = resampleTo25(inside.length, fps)
    const wanted = uniformIndices(at25.length, count).map((index) => inside[at25[index] ?? 0] ?? startS)
    const decoded = await this.framesAt(title, [...new Set(wanted)], signal)
    return wanted.map((timeS) => {
      const frame = decoded.get(timeS)
      if (!frame) throw new Error(`${title.file}: the frame at ${timeS.toFixed(2)} s could not be decoded.`)
      return frame
    })
  }

  /** Time of the last frame that is shown from `startS` to `endS`. */
  async lastFrameS({ source, videoTrackId }: OpenTitle, startS: number, endS: number, signal?: AbortSignal) {
    const shown = await source.frameTimes(videoTrackId, startS, endS + toleranceS, signal)
    return shown.at(-1) ?? startS
  }

  /** Sound of one track between two times, silence where it has none. */
  async sound(title: OpenTitle, trackId: number, startS: number, durationS: number, signal?: AbortSignal) {
    if (!this.keepSound && this.chunks) return this.chunks.sound(title, trackId, startS, durationS)
    if (!this.keepSound) return title.source.readAudio(trackId, startS, startS + durationS, signal)
    const key = `${trackId} ${title.file}`
    let whole = this.sounds.get(key)
    if (!whole) {
      whole = title.source.readAudio(trackId, 0, title.durationS)
      this.sounds.set(key, whole)
    }
    const { sampleRate, channels } = await whole
    const from = Math.round(startS * sampleRate)
    const length = Math.round(durationS * sampleRate)
    return {
      sampleRate,
      channels: channels.map((channel) => {
        const cut = new Float32Array(length)
        cut.set(channel.subarray(Math.max(0, from), Math.max(0, from + length)))
        return cut
      }),
    }
  }

  /** Frames by their times, which ascend. */
  private async framesAt(title: OpenTitle, timesS: readonly number[], signal?: AbortSignal) {
    const { source, videoTrackId } = title
    if (!this.keepFrames && this.chunks) {
      const { width = 0, height = 0 } = source.tracks.find(({ id }) => id === videoTrackId) ?? {}
      return this.chunks.frames(title, timesS, width * height * 1.5, signal)
    }
    if (!this.keepFrames) {
      const frames = new Map<number, PixelFrame>()
      for await (const frame of source.readFrames(videoTrackId, timesS, signal))
        frames.set(timesS[frame.index] ?? frame.timeS, frame)
      return frames
    }
    let all = this.frames.get(title)
    if (!all) {
      all = source
        .frameTimes(videoTrackId, 0, Number.POSITIVE_INFINITY)
        .then((every) => Array.fromAsync(source.readFrames(videoTrackId, every)))
      this.frames.set(title, all)
    }
    return new Map((await all).map((frame) => [frame.timeS, frame]))
  }
}
