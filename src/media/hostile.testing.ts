/** Damaged files: seeded mutations of good ones, and what becomes of them when they are opened and read as a corpus does. */
import { recogniseContainer } from './container-kind'
import { demux } from './demux'
import { openMedia } from './source'
import type { MediaSource, Track } from './types'

export type Bytes = Uint8Array<ArrayBuffer>
/** Uniform in [0, 1). */
type Random = () => number
type Range = readonly [from: number, to: number]

/** A good file and where its parts are. */
export interface Good {
  readonly name: string
  readonly bytes: Bytes
  /** Where what describes the media lies: damage hurts most there. */
  readonly index: readonly Range[]
  /** Where only media lie; empty where nobody can tell. */
  readonly payload: readonly Range[]
}

export interface Mutated {
  readonly bytes: Bytes
  readonly onlyPayload: boolean
}

/** Marsaglia's xorshift with 32 bits. */
export function seeded(seed: number): Random {
  let state = Math.imul(seed + 1, 0x9e37_79b9) | 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

const integer = (random: Random, below: number): number => Math.floor(random() * below)

/** A position inside the ranges, each byte as likely as any other. */
function placeIn(random: Random, ranges: readonly Range[]): number {
  let left = integer(
    random,
    ranges.reduce((sum, [from, to]) => sum + to - from, 0),
  )
  for (const [from, to] of ranges) {
    if (left < to - from) return from + left
    left -= to - from
  }
  return 0
}

const extremes = [0, 1, 0xff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_fff0, 0xffff_ffff]

function flip(bytes: Bytes, random: Random, ranges: readonly Range[], most: number): Bytes {
  const copy = bytes.slice()
  for (let n = 1 + integer(random, most); n > 0; n--) copy[placeIn(random, ranges)] = integer(random, 256)
  return copy
}

function spliced(bytes: Bytes, at: number, removed: number, inserted: Uint8Array): Bytes {
  const result = new Uint8Array(bytes.length - removed + inserted.length)
  result.set(bytes.subarray(0, at))
  result.set(inserted, at)
  result.set(bytes.subarray(at + removed), at + inserted.length)
  return result
}

/** One damage of a kind that `random` chooses. */
export function mutate({ bytes, index, payload }: Good, random: Random): Mutated {
  const everywhere: Range[] = [[0, bytes.length]]
  const at = integer(random, bytes.length)
  const length = 1 + integer(random, Math.min(2000, bytes.length - at))
  const damaged = (result: Bytes): Mutated => ({ bytes: result, onlyPayload: false })
  switch (integer(random, payload.length > 0 ? 9 : 7)) {
    case 0:
      return damaged(flip(bytes, random, everywhere, 64))
    case 1:
      return damaged(flip(bytes, random, index, 8))
    case 2: {
      const copy = bytes.slice()
      const place = Math.min(placeIn(random, index), bytes.length - 4)
      new DataView(copy.buffer).setUint32(place, extremes[integer(random, extremes.length)] ?? 0)
      return damaged(copy)
    }
    case 3:
      return damaged(bytes.slice(0, at))
    case 4:
      return damaged(bytes.slice().fill(0, at, at + length))
    case 5:
      return damaged(spliced(bytes, at, length, new Uint8Array(0)))
    case 6:
      return damaged(spliced(bytes, integer(random, bytes.length), 0, bytes.subarray(at, at + length)))
    default:
      return { bytes: flip(bytes, random, payload, 64), onlyPayload: true }
  }
}

/** Top-level boxes by what they hold. */
function boxRanges(bytes: Bytes): Pick<Good, 'index' | 'payload'> {
  const view = new DataView(bytes.buffer)
  const index: Range[] = []
  const payload: Range[] = []
  for (let at = 0; at + 8 <= bytes.length; ) {
    const size = view.getUint32(at)
    const isMedia = new TextDecoder().decode(bytes.subarray(at + 4, at + 8)) === 'mdat'
    const into = isMedia ? payload : index
    into.push([isMedia ? at + 8 : at, at + size])
    at += Math.max(8, size)
  }
  return { index, payload }
}

/** Packets after those that begin something: neither tables nor times are in them. */
function transportRanges(bytes: Bytes): Range[] {
  const ranges: Range[] = []
  for (let at = 0; at + 188 <= bytes.length; at += 188) {
    const begins = ((bytes[at + 1] ?? 0) & 0x40) !== 0
    const program = (((bytes[at + 1] ?? 0) & 0x1f) << 8) | (bytes[at + 2] ?? 0)
    const control = ((bytes[at + 3] ?? 0) >> 4) & 3
    const skipped = control === 3 ? 5 + (bytes[at + 4] ?? 0) : 4
    if (!begins && program >= 0x100 && program < 0x1000 && (control & 1) === 1 && skipped < 188)
      ranges.push([at + skipped, at + 188])
  }
  return ranges
}

async function packetRanges(bytes: Bytes): Promise<Range[]> {
  const { tracks, close } = await demux('matroska', new Blob([bytes]))
  const ranges: Range[] = []
  for (const { stretch, startTicks, endTicks } of tracks) {
    const packets = (await stretch?.(startTicks, endTicks))?.packets
    for (let row = 0; row < (packets?.count ?? 0); row++) {
      const from = packets?.offset[row] ?? 0
      ranges.push([from, from + (packets?.size[row] ?? 0)])
    }
  }
  close?.()
  return ranges
}

/** Looks at a good file. @throws when its container is unknown. */
export async function asGood(name: string, file: Blob): Promise<Good> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  const kind = recogniseContainer(bytes.subarray(0, 4096))?.kind
  const head: Range[] = [[0, Math.min(4096, bytes.length)]]
  if (kind === 'isobmff') return { name, bytes, ...boxRanges(bytes) }
  if (kind === 'matroska') return { name, bytes, index: head, payload: await packetRanges(bytes) }
  return { name, bytes, index: head, payload: kind === 'mpeg-ts' ? transportRanges(bytes) : [] }
}

export interface Outcome {
  /** Null: the file was refused. */
  readonly tracks: readonly Track[] | null
  /** Everything that was said about it. */
  readonly messages: readonly string[]
  readonly openMs: number
  /** Tracks of which something was decoded. */
  readonly read: number
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : `no error: ${String(error)}`)

async function readSome(source: MediaSource, { id, kind, startS, durationS }: Track): Promise<void> {
  const from = startS + Math.min(0.4 * durationS, 1e5)
  if (kind === 'audio') await source.readAudio(id, from, from + 0.2)
  else {
    const times = await source.frameTimes(id, from, from + 0.1)
    for await (const frame of source.readFrames(id, times)) if (frame.index > 1) break
  }
}

/** Opens a file and reads a little of every track. */
export async function outcomeOf(name: string, bytes: Bytes): Promise<Outcome> {
  const begun = performance.now()
  let source: MediaSource
  try {
    source = await openMedia(name, new File([bytes], name))
  } catch (error) {
    return { tracks: null, messages: [messageOf(error)], openMs: performance.now() - begun, read: 0 }
  }
  const openMs = performance.now() - begun
  const messages = source.problems.map(({ message }) => message)
  let read = 0
  for (const track of source.tracks) {
    if (!track.decodable) continue
    try {
      await readSome(source, track)
      read++
    } catch (error) {
      messages.push(messageOf(error))
    }
  }
  source.close()
  return { tracks: source.tracks, messages, openMs, read }
}

/** What a list of tracks says, without times. */
export const trackList = (tracks: readonly Track[]): string =>
  JSON.stringify(tracks.map(({ id, kind, codec, language }) => [id, kind, codec, language]))
