/** What sound and pictures of Matroska have in common: their packets as tables, and their contents unpacked. */
import type { InputTrack } from 'mediabunny'
import type { ByteReader } from '../byte-reader'
import type { PacketTable, Stretch } from '../demuxed'
import { labelsOf } from '../library/demux'
import { noPackets } from '../stretch'
import type { Frame } from './blocks'
import type { Clusters, TrackEdges } from './clusters'
import type { PackedTrack } from './segment'

/** Fetched at once when packets are read. */
export const readBytes = 512 * 1024

export interface TrackContext {
  readonly id: number
  readonly packed: PackedTrack
  readonly edges: TrackEdges
  readonly clusters: Clusters
  readonly reader: ByteReader
  /** Ticks a second. */
  readonly timescale: number
}

/** No frame is larger once it is unpacked; what claims to be is made to fill the memory. */
const mostUnpacked = 64 * 2 ** 20

async function inflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array<ArrayBuffer>[] = []
  let size = 0
  try {
    for await (const part of new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'))) {
      size += part.length
      if (size > mostUnpacked) throw new Error('it grows too large')
      parts.push(part)
    }
  } catch (cause) {
    throw new Error('a frame that is packed with zlib cannot be unpacked', { cause })
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer())
}

/** Content of frames by their row, unpacked. */
export function contentOf(frames: readonly Frame[], { compression }: PackedTrack, reader: ByteReader): Stretch['read'] {
  return async (row) => {
    const { offset = 0, size = 0 } = frames[row] ?? {}
    const bytes = await reader.read(offset, size)
    if (compression === null) return bytes
    if (compression.kind === 'zlib') return inflate(bytes)
    const whole = new Uint8Array(compression.bytes.length + bytes.length)
    whole.set(compression.bytes)
    whole.set(bytes, compression.bytes.length)
    return whole
  }
}

export function tableOf(frames: readonly Frame[], pts: Float64Array, duration: Float64Array): PacketTable {
  return {
    count: frames.length,
    offset: Float64Array.from(frames, ({ offset }) => offset),
    size: Uint32Array.from(frames, ({ size }) => size),
    pts,
    duration,
    key: Uint8Array.from(frames, ({ isKey }) => (isKey ? 1 : 0)),
  }
}

/** What every track has; its packets are read on demand. */
export const trackBase = async (track: InputTrack, { id, packed }: TrackContext) => ({
  id,
  ...(await labelsOf(track)),
  packets: noPackets,
  ...(packed.isEncrypted && { obstacle: 'is encrypted' }),
})
