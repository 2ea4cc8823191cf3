/**
 * Frames at given positions: decodes from the key frame that each needs, keeps a bounded number of pictures alive, copies the
 * wanted ones and closes every VideoFrame at once.
 */
import { isAboutData, Pressure } from './decoder-pressure'
import type { DemuxedVideo, PacketTable, Stretch } from './demuxed'
import { copyPixels, type Pixels } from './pixels'
import type { PixelFrame } from './types'

/** Packets inside the decoder, and decoded pictures that nobody has taken yet, at most. */
const longestQueue = 8
const mostWaiting = 4

/** A track with the packets that some frames of it need. */
type LoadedVideo = DemuxedVideo & Stretch

/** One stretch of decoding: packets `[from, to]` in decode order, some of which are wanted. */
interface Run {
  readonly from: number
  to: number
  /** Position in the frame table by packet. */
  readonly wanted: Map<number, number>
}

/** The key frame that decoding a packet has to begin at: pictures shown before a key frame lean on the one before it. */
function startOf(packets: PacketTable, packet: number): number {
  const shown = packets.pts[packet] ?? 0
  let start = packet
  while (start > 0 && (packets.key[start] !== 1 || (packets.pts[start] ?? 0) > shown)) start--
  return start
}

/** Packets that are rather decoded in vain than a decoder is started anew; at least as many as pictures are reordered by. */
const mostInVain = 16

/** Splits wanted frames into stretches that share a key frame or follow on from one another. */
function planRuns(track: LoadedVideo, frameIndices: readonly number[]): Run[] {
  const runs: Run[] = []
  for (const index of new Set(frameIndices)) {
    const packet = track.frames.packet[index]
    if (packet === undefined) throw new Error(`it has ${track.frames.time.length} frames, and none numbered ${index}`)
    const from = startOf(track.packets, packet)
    const run = runs.at(-1)
    // A packet that an edit list shows twice makes the decoder go back.
    if (run && !run.wanted.has(packet) && from >= run.from && from <= run.to + mostInVain) {
      run.to = Math.max(run.to, packet)
      run.wanted.set(packet, index)
    } else runs.push({ from, to: packet, wanted: new Map([[packet, index]]) })
  }
  return runs
}

interface Decoded {
  readonly index: number
  readonly pixels: Pixels
}

/** @param reached is told which packets came out, so that another attempt goes on behind them. */
async function* decodeRun(
  track: LoadedVideo,
  run: Run,
  reached: { packet: number },
  signal?: AbortSignal,
): AsyncGenerator<Decoded, void, undefined> {
  const pressure = new Pressure(signal)
  const outputs: { readonly index: number; readonly pixels: Promise<Pixels> }[] = []
  const decoder = new VideoDecoder({
    output: (frame) => {
      // Timestamps are packet numbers: unique, whatever the container's clock.
      const index = run.wanted.get(frame.timestamp)
      reached.packet = Math.max(reached.packet, frame.timestamp)
      if (index === undefined) frame.close()
      else {
        const pixels = copyPixels(frame).finally(() => frame.close())
        pixels.catch(pressure.fail)
        outputs.push({ index, pixels })
      }
      pressure.notify()
    },
    error: pressure.fail,
  })
  decoder.addEventListener('dequeue', pressure.notify)
  let next = run.from
  const flush = { begun: false, done: false }
  const hungry = (): boolean => next <= run.to && decoder.decodeQueueSize < longestQueue && outputs.length < mostWaiting
  try {
    decoder.configure(track.config)
    while (true) {
      while (hungry()) {
        const data = await track.read(next)
        pressure.check()
        decoder.decode(new EncodedVideoChunk({ type: next === run.from ? 'key' : 'delta', timestamp: next, data }))
        next++
      }
      if (next > run.to && !flush.begun) {
        flush.begun = true
        decoder.flush().then(() => {
          flush.done = true
          pressure.notify()
        }, pressure.fail)
      }
      const output = outputs.shift()
      if (output) yield { index: output.index, pixels: await output.pixels }
      else if (flush.done) return
      else await pressure.until(() => outputs.length > 0 || flush.done || hungry())
    }
  } finally {
    pressure.release()
    if (decoder.state !== 'closed') decoder.close()
  }
}

/**
 * Key frames to go back to, at most, when a decoder does not begin at one: files without a table of key frames name every frame
 * as one, which is refused at once; a failure while decoding comes late.
 */
const mostSteps = 600
const stepsOf = (error: unknown): number =>
  error instanceof DOMException && error.name === 'DataError' ? 1 : mostSteps / 3

/**
 * As `decodeRun`, but goes on where packets are damaged. When a decoder will not begin at a key frame of the container (it is a
 * recovery point only), begins at one before; otherwise at the next, which leaves frames out.
 */
async function* decodeFromKeyFrame(
  track: LoadedVideo,
  run: Run,
  signal?: AbortSignal,
): AsyncGenerator<Decoded, void, undefined> {
  const { key } = track.packets
  let from = run.from
  let steps = 0
  let begun = false
  /** Where the next attempt begins if this one fails. */
  let after = run.from
  for (;;) {
    const reached = { packet: from }
    try {
      for await (const decoded of decodeRun(track, { ...run, from }, reached, signal)) {
        begun = true
        yield decoded
      }
      return
    } catch (error) {
      signal?.throwIfAborted()
      if (!isAboutData(error)) throw error
      if (!begun && from > 0 && from <= run.from && steps < mostSteps) {
        steps += stepsOf(error)
        from = startOf(track.packets, from - 1)
        continue
      }
      after = key.indexOf(1, Math.max(after, reached.packet) + 1)
      if (after < 0 || after > run.to) return
      from = after
    }
  }
}

/**
 * One frame for every entry of `frameIndices` (ascending positions in the frame table), in that order.
 * @param timesS title time of each frame.
 * @throws with the cause alone when decoding fails; with the signal's reason when it fires.
 */
export async function* decodeFrames(
  track: LoadedVideo,
  timesS: Float64Array,
  frameIndices: readonly number[],
  signal?: AbortSignal,
): AsyncGenerator<PixelFrame, void, undefined> {
  const firstUse = new Map<number, number>()
  for (const [position, index] of frameIndices.entries()) if (!firstUse.has(index)) firstUse.set(index, position)
  let cursor = 0
  let latest: Pixels | null = null
  const { rotation, colour } = track
  const asFrame = (pixels: Pixels, index: number): PixelFrame => ({
    index,
    timeS: timesS[index] ?? 0,
    rotation,
    colour,
    ...pixels,
  })
  for (const run of planRuns(track, frameIndices)) {
    for await (const { index, pixels } of decodeFromKeyFrame(track, run, signal)) {
      if ((firstUse.get(index) ?? 0) < cursor) continue
      for (let wanted = frameIndices[cursor]; wanted !== undefined && wanted <= index; wanted = frameIndices[++cursor])
        yield asFrame(wanted === index ? pixels : (latest ?? pixels), wanted)
      latest = pixels
    }
  }
  for (const wanted of frameIndices.slice(cursor)) {
    if (!latest) throw new Error('none of its frames could be decoded')
    yield asFrame(latest, wanted)
  }
}
