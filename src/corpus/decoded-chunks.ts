/**
 * Decoded pictures and sound of corpora that memory does not hold, kept on disk in chunks of 10 s: decoding costs more
 * than reading, and a window needs only its few frames of a chunk. What is read back is what the decoder gave, byte by
 * byte, and sound is decoded by chunk whether or not it is kept, so a run has the same bits with a full cache and with none.
 */
import type { Sound } from '../features/audio-inputs'
import type { PixelFrame } from '../media/types'
import type { ChunkCache } from '../storage/chunk-cache'
import type { OpenTitle } from './open-corpus'

/** Length of a chunk, in seconds of title time. */
const chunkS = 10

interface FrameEntry extends Omit<PixelFrame, 'data'> {
  readonly key: number
  readonly offset: number
  readonly bytes: number
}

type Frames = ReadonlyMap<number, PixelFrame>

export class DecodedChunks {
  /** Ends of what is under way, by chunk. */
  private readonly turns = new Map<string, Promise<unknown>>()

  /** @param scope Names the corpus by its content: letters, digits and `-`. */
  constructor(
    private readonly cache: ChunkCache,
    private readonly scope: string,
    private readonly titles: readonly OpenTitle[],
  ) {}

  /**
   * Frames by their times, which are begins of frames and ascend.
   * @param frameBytes Of one frame, as far as is known; a chunk that is too large for the cache is decoded in part.
   */
  async frames(title: OpenTitle, timesS: readonly number[], frameBytes: number, signal?: AbortSignal): Promise<Frames> {
    const rate = title.source.tracks.find(({ id }) => id === title.videoTrackId)?.frameRate ?? 25
    if (!this.cache.fits(frameBytes * rate * chunkS)) return readFrames(title, timesS, signal)
    const found = new Map<number, PixelFrame>()
    for (const [chunk, times] of Map.groupBy(timesS, (timeS) => Math.floor(timeS / chunkS)))
      for (const [timeS, frame] of await this.chunkFrames(title, chunk, times, signal)) found.set(timeS, frame)
    return found
  }

  private chunkFrames(
    title: OpenTitle,
    chunk: number,
    timesS: readonly number[],
    signal?: AbortSignal,
  ): Promise<Frames> {
    const name = this.nameOf(title, title.videoTrackId, chunk)
    return this.inTurn(name, async () => {
      const stored = await this.cache.get(name)
      const read = stored && (await unpackFrames(stored, timesS))
      if (read) return read
      signal?.throwIfAborted()
      const shown = await title.source.frameTimes(title.videoTrackId, chunk * chunkS, (chunk + 1) * chunkS)
      const begun = Array.from(shown).filter((timeS) => Math.floor(timeS / chunkS) === chunk)
      const frames = await readFrames(title, begun)
      await this.cache.put(name, packFrames(frames))
      return new Map([...frames].filter(([timeS]) => timesS.includes(timeS)))
    })
  }

  /** Sound of a track from `startS` on, at its own rate. */
  async sound(title: OpenTitle, trackId: number, startS: number, durationS: number): Promise<Sound> {
    const first = Math.floor(startS / chunkS)
    const last = Math.floor((startS + durationS) / chunkS)
    const parts: Sound[] = []
    for (let chunk = first; chunk <= last; chunk++) parts.push(await this.chunkSound(title, trackId, chunk))
    const sampleRate = parts[0]?.sampleRate ?? 48000
    const from = Math.round(startS * sampleRate) - Math.round(first * chunkS * sampleRate)
    const length = Math.round(durationS * sampleRate)
    const channels = (parts[0]?.channels ?? []).map((_, channel) => {
      const cut = new Float32Array(length)
      let at = -from
      for (const part of parts) {
        const samples = part.channels[channel] ?? new Float32Array()
        const begin = Math.max(0, -at)
        if (at + begin < length) cut.set(samples.subarray(begin, begin + length - Math.max(0, at)), Math.max(0, at))
        at += samples.length
      }
      return cut
    })
    return { sampleRate, channels }
  }

  private chunkSound(title: OpenTitle, trackId: number, chunk: number): Promise<Sound> {
    const name = this.nameOf(title, trackId, chunk)
    return this.inTurn(name, async () => {
      const stored = await this.cache.get(name)
      if (stored) return unpackSound(await stored.arrayBuffer())
      const sound = await title.source.readAudio(trackId, chunk * chunkS, (chunk + 1) * chunkS)
      const head = Uint32Array.of(sound.sampleRate, sound.channels.length)
      const bytes = [head, ...sound.channels].map(
        ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
      )
      await this.cache.put(name, bytes)
      return sound
    })
  }

  /** Windows of one chunk are made one after the other: the first decodes it, the others find it. */
  private inTurn<T>(name: string, make: () => Promise<T>): Promise<T> {
    const mine = (this.turns.get(name) ?? Promise.resolve()).then(make)
    const end = mine.then(
      () => undefined,
      () => undefined,
    )
    this.turns.set(name, end)
    void end.then(() => {
      if (this.turns.get(name) === end) this.turns.delete(name)
    })
    return mine
  }

  private nameOf(title: OpenTitle, trackId: number, chunk: number): string {
    return `${this.scope}-${this.titles.indexOf(title)}-${trackId}-${chunk}`
  }
}

async function readFrames(title: OpenTitle, timesS: readonly number[], signal?: AbortSignal): Promise<Frames> {
  const frames = new Map<number, PixelFrame>()
  for await (const frame of title.source.readFrames(title.videoTrackId, timesS, signal))
    frames.set(timesS[frame.index] ?? frame.timeS, frame)
  return frames
}

/** `[u32 bytes of JSON][JSON: a FrameEntry each][data of all frames]`. */
function packFrames(frames: Frames): Uint8Array[] {
  let offset = 0
  const entries = [...frames].map(([key, { data, ...frame }]): FrameEntry => {
    const entry = { ...frame, key, offset, bytes: data.byteLength }
    offset += data.byteLength
    return entry
  })
  const json = new TextEncoder().encode(JSON.stringify(entries))
  const head = new Uint8Array(Uint32Array.of(json.byteLength).buffer)
  return [head, json, ...[...frames.values()].map(({ data }) => data)]
}

/** The frames of these times, without reading the others; null when one is not there. */
async function unpackFrames(stored: Blob, timesS: readonly number[]): Promise<Frames | null> {
  const [length = 0] = new Uint32Array(await stored.slice(0, 4).arrayBuffer())
  // Only this file writes what is stored under these names.
  const entries: readonly FrameEntry[] = JSON.parse(await stored.slice(4, 4 + length).text())
  const frames = new Map<number, PixelFrame>()
  for (const timeS of timesS) {
    const entry = entries.find(({ key }) => key === timeS)
    if (!entry) return null
    const { key, offset, bytes, ...frame } = entry
    const start = 4 + length + offset
    frames.set(key, { ...frame, data: new Uint8Array(await stored.slice(start, start + bytes).arrayBuffer()) })
  }
  return frames
}

/** `[u32 rate][u32 channels][samples of each channel]`. */
function unpackSound(bytes: ArrayBuffer): Sound {
  const [sampleRate = 48000, count = 1] = new Uint32Array(bytes, 0, 2)
  const length = (bytes.byteLength - 8) / 4 / count
  const channels = Array.from(
    { length: count },
    (_, channel) => new Float32Array(bytes, 8 + 4 * channel * length, length),
  )
  return { sampleRate, channels }
}
