/**
 * Reads stretches of titles: the frames that a view needs and the sound of one language. Small corpora are decoded once
 * and kept in memory; of large ones every window is decoded when it is asked for.
 */

import type { Sound } from '../features/audio-inputs'
import { resampleTo25, uniformIndices } from '../features/frame-indices'
import type { PixelFrame } from '../media/types'
import type { OpenCorpus, OpenTitle } from './open-corpus'

const toleranceS = 1e-4

export class WindowReader {
  private readonly keepFrames: boolean
  private readonly keepSound: boolean
  private readonly frames = new Map<OpenTitle, Promise<readonly PixelFrame[]>>()
  private readonly sounds = new Map<string, Promise<Sound>>()

  /** @param keepLimitBytes Decoded pictures, and decoded sound, stay in memory if all of them together need no more. */
  constructor({ titles }: OpenCorpus, keepLimitBytes = 144 * 2 ** 20) {
    let frameBytes = 0
    let soundBytes = 0
    for (const { source, videoTrackId } of titles)
      for (const track of source.tracks)
        if (track.id === videoTrackId)
          frameBytes += source.frameTimes(videoTrackId).length * (track.width ?? 0) * (track.height ?? 0) * 1.5
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
    const times = title.source.frameTimes(title.videoTrackId)
    const inside: number[] = []
    times.forEach((time, index) => {
      if (time >= startS - toleranceS && time <= startS + durationS + toleranceS) inside.push(index)
    })
    if (inside.length === 0)
      inside.push(
        Math.max(
          0,
          times.findLastIndex((time) => time <= startS),
        ),
      )
    const spanS = (times.at(-1) ?? 0) - (times[0] ?? 0)
    const fps = times.length > 1 && spanS > 0 ? (times.length - 1) / spanS : 25
    const at25 = resampleTo25(inside.length, fps)
    const wanted = uniformIndices(at25.length, count).map((index) => inside[at25[index] ?? 0] ?? 0)
    const decoded = await this.framesAt(title, [...new Set(wanted)], signal)
    return wanted.map((index) => {
      const frame = decoded.get(index)
      if (!frame)
        throw new Error(`${title.file}: frame ${index} at ${times[index]?.toFixed(2)} s could not be decoded.`)
      return frame
    })
  }

  /** Sound of one track between two times, silence where it has none. */
  async sound(title: OpenTitle, trackId: number, startS: number, durationS: number, signal?: AbortSignal) {
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

  private async framesAt(title: OpenTitle, indices: readonly number[], signal?: AbortSignal) {
    if (!this.keepFrames) {
      const frames = new Map<number, PixelFrame>()
      const ascending = [...indices].sort((a, b) => a - b)
      for await (const frame of title.source.readFrames(title.videoTrackId, ascending, signal))
        frames.set(frame.index, frame)
      return frames
    }
    let all = this.frames.get(title)
    if (!all) {
      const every = Array.from(title.source.frameTimes(title.videoTrackId), (_, index) => index)
      all = Array.fromAsync(title.source.readFrames(title.videoTrackId, every))
      this.frames.set(title, all)
    }
    return new Map((await all).map((frame) => [frame.index, frame]))
  }
}
