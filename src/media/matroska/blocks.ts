/** Clusters and the blocks inside (RFC 9559, 5.1.3 and 10): one row per frame, without reading the frames. */
import type { ByteReader } from '../byte-reader'
import { children, ids, isTopLevel, readHeader, readVint, signed, unsigned } from './ebml'

export interface Frame {
  readonly track: number
  /** Bytes into the file. */
  readonly offset: number
  readonly size: number
  /** Ticks; a frame that shares its block with earlier ones has their time, and `lace` says how many they are. */
  readonly ticks: number
  readonly lace: number
  /** Ticks; 0 when the block does not say. */
  readonly duration: number
  readonly isKey: boolean
  /** Nanoseconds to leave out at the end. */
  readonly discardNs: number
}

/** Larger groups hold nothing but the block; what stands beside it is small. */
const mostBesideBlock = 4096
/** How far to look for the next cluster where the bytes make no sense. */
const longestResync = 64 * 2 ** 20

/** Sizes of the frames of a block (10.3), and where the first begins. Null: the lace makes no sense. */
function laceSizes(
  head: Uint8Array,
  at: number,
  lacing: number,
  end: number,
): { sizes: number[]; start: number } | null {
  if (lacing === 0) return { sizes: [end - at], start: at }
  const count = (head[at] ?? 0) + 1
  let position = at + 1
  const sizes: number[] = []
  let sum = 0
  if (lacing === 2) {
    const each = (end - position) / count
    return Number.isInteger(each) ? { sizes: new Array(count).fill(each), start: position } : null
  }
  for (let i = 0; i + 1 < count; i++) {
    let size = 0
    if (lacing === 1) {
      for (let byte = 255; byte === 255; position++) {
        byte = head[position] ?? 0
        size += byte
      }
    } else {
      const number = readVint(head, position)
      if (!number) return null
      // Differences are stored with an offset of half their range.
      size = i === 0 ? number.value : (sizes[i - 1] ?? 0) + number.value - (2 ** (7 * number.length - 1) - 1)
      position += number.length
    }
    if (size < 0) return null
    sizes.push(size)
    sum += size
  }
  sizes.push(end - position - sum)
  return end - position - sum < 0 ? null : { sizes, start: position }
}

interface Block {
  readonly isSimple: boolean
  readonly duration: number
  readonly hasReference: boolean
  readonly discardNs: number
}

/** Frames of one block that fills `[offset, end)` of the file; `head` are its first bytes. */
function* blockFrames(
  head: Uint8Array,
  offset: number,
  end: number,
  clusterTicks: number,
  block: Block,
): Generator<Frame> {
  const track = readVint(head, 0)
  if (!track || head.length < track.length + 3) return
  const at = track.length
  const relative = (((head[at] ?? 0) << 24) | ((head[at + 1] ?? 0) << 16)) >> 16
  const flags = head[at + 2] ?? 0
  const lacing = (flags >> 1) & 3
  const lace = laceSizes(head, at + 3, lacing, end - offset)
  if (!lace) return
  let position = offset + lace.start
  for (const [i, size] of lace.sizes.entries()) {
    yield {
      track: track.value,
      offset: position,
      size,
      ticks: clusterTicks + relative,
      lace: i,
      duration: block.duration / lace.sizes.length,
      isKey: block.isSimple ? (flags & 0x80) !== 0 : !block.hasReference,
      discardNs: i + 1 === lace.sizes.length ? block.discardNs : 0,
    }
    position += size
  }
}

async function* groupFrames(
  reader: ByteReader,
  start: number,
  end: number,
  clusterTicks: number,
): AsyncGenerator<Frame> {
  let duration = 0
  let hasReference = false
  let discardNs = 0
  let block: { offset: number; end: number } | null = null
  for (let at = start; at < end; ) {
    const header = readHeader(await reader.read(at, 16), 0)
    if (!header) break
    const contentAt = at + header.headerBytes
    const contentEnd = Math.min(end, contentAt + header.size)
    if (header.id === ids.block) block = { offset: contentAt, end: contentEnd }
    else if (header.id === ids.referenceBlock) hasReference = true
    else if (header.size <= mostBesideBlock && header.id === ids.blockDuration)
      duration = unsigned(await reader.read(contentAt, header.size), 0)
    else if (header.size <= 8 && header.id === ids.discardPadding)
      discardNs = signed(await reader.read(contentAt, header.size))
    at = contentEnd
  }
  if (!block) return
  const head = await reader.read(block.offset, Math.min(2048, block.end - block.offset))
  yield* blockFrames(head, block.offset, block.end, clusterTicks, {
    isSimple: false,
    duration,
    hasReference,
    discardNs,
  })
}

export interface ClusterHead {
  readonly position: number
  readonly ticks: number
}

/** Position of the next cluster at or after `from`, where the bytes between make no sense; -1: none. */
async function nextCluster(reader: ByteReader, from: number, end: number): Promise<number> {
  const step = 2 ** 16
  for (let at = from; at < Math.min(end, from + longestResync); at += step) {
    const bytes = await reader.read(at, step + 3)
    for (let i = bytes.indexOf(0x1f); i >= 0; i = bytes.indexOf(0x1f, i + 1))
      if (bytes[i + 1] === 0x43 && bytes[i + 2] === 0xb6 && bytes[i + 3] === 0x75) return at + i
  }
  return -1
}

/** First cluster that begins in `[from, to)` and says its time, whatever stands before it. Null: none. */
export async function findCluster(reader: ByteReader, from: number, to: number): Promise<ClusterHead | null> {
  for (let at = from; at < to; at++) {
    at = await nextCluster(reader, at, to)
    if (at < 0) return null
    const bytes = await reader.read(at, 64)
    // The time comes first, or after a checksum.
    const header = readHeader(bytes, 0)
    for (const { id, content } of header ? children(bytes.subarray(header.headerBytes)) : []) {
      if (id === ids.timestamp && content.length <= 8) return { position: at, ticks: unsigned(content, 0) }
      if (!isPlausible(id)) break
    }
  }
  return null
}

/**
 * Walks clusters from one at `position` on. `onCluster` hears of each before its frames and says whether to go on; it may have
 * them skipped, which needs no reading where the cluster has a size.
 */
export async function* walkClusters(
  reader: ByteReader,
  position: number,
  end: number,
  onCluster: (cluster: ClusterHead) => 'frames' | 'skip' | 'stop',
): AsyncGenerator<Frame> {
  let at = position
  while (at < end) {
    const header = readHeader(await reader.read(at, 16), 0)
    if (header && header.id !== ids.cluster && at + header.headerBytes + header.size <= end && isPlausible(header.id)) {
      at += header.headerBytes + header.size
      continue
    }
    if (header?.id !== ids.cluster) {
      at = await nextCluster(reader, at + 1, end)
      if (at < 0) return
      continue
    }
    const clusterEnd = Math.min(end, at + header.headerBytes + header.size)
    let decision: ReturnType<typeof onCluster> | null = null
    let ticks = 0
    const clusterAt = at
    at += header.headerBytes
    while (at < clusterEnd) {
      const element = readHeader(await reader.read(at, 16), 0)
      if (!element || (isTopLevel(element.id) && header.size === Number.POSITIVE_INFINITY)) break
      const contentAt = at + element.headerBytes
      const contentEnd = contentAt + element.size
      if (element.id === ids.timestamp && element.size <= 8) {
        ticks = unsigned(await reader.read(contentAt, element.size), 0)
        decision = onCluster({ position: clusterAt, ticks })
        if (decision === 'stop') return
        if (decision === 'skip' && Number.isFinite(header.size)) break
      } else if (decision === 'frames' && contentEnd <= end) {
        if (element.id === ids.simpleBlock) {
          const head = await reader.read(contentAt, Math.min(2048, element.size))
          yield* blockFrames(head, contentAt, contentEnd, ticks, {
            isSimple: true,
            duration: 0,
            hasReference: false,
            discardNs: 0,
          })
        } else if (element.id === ids.blockGroup) yield* groupFrames(reader, contentAt, contentEnd, ticks)
      }
      at = contentEnd
    }
    if (Number.isFinite(header.size)) at = clusterEnd
    else if (at === clusterAt + header.headerBytes) at++
  }
}

/** Elements that stand between clusters, and padding. */
const isPlausible = (id: number): boolean => isTopLevel(id) || id === 0xec || id === 0xbf
