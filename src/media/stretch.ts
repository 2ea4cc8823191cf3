/** The part of a track that a read needs, from a table of the whole or from a container that is read where somebody looks. */
import type { ByteReader } from './byte-reader'
import type { DemuxedTrack, DemuxedVideo, FrameTable, PacketTable, Stretch } from './demuxed'

export const noPackets: PacketTable = {
  count: 0,
  offset: new Float64Array(0),
  size: new Uint32Array(0),
  pts: new Float64Array(0),
  duration: new Float64Array(0),
  key: new Uint8Array(0),
}
export const noFrames: FrameTable = { time: new Float64Array(0), packet: new Uint32Array(0) }

/** Frames in order of presentation; no decoder shows what comes before the first key frame. */
export function frameTable({ pts, key }: PacketTable): FrameTable {
  const firstKey = Math.max(0, key.indexOf(1))
  const rows = [...pts.keys()].slice(firstKey).sort((a, b) => (pts[a] ?? 0) - (pts[b] ?? 0))
  return { time: Float64Array.from(rows, (row) => pts[row] ?? 0), packet: Uint32Array.from(rows) }
}

/** Pictures further apart than this are read one stretch after the other. */
const longestStretchS = 20
/** Times go through seconds and back. */
const roundingS = 1e-6

/**
 * Packets for `[startS, endS]` of presentation time, with all that decoding them needs.
 * @throws when the file cannot be read, and the signal's reason when it fires.
 */
export async function loadStretch(
  track: DemuxedTrack,
  startS: number,
  endS: number,
  reader: ByteReader,
  signal?: AbortSignal,
): Promise<Stretch> {
  if (track.stretch) return track.stretch(startS * track.timescale, endS * track.timescale, signal)
  const { packets } = track
  return {
    packets,
    frames: track.kind === 'video' ? track.frames : noFrames,
    read: (row) => reader.read(packets.offset[row] ?? 0, packets.size[row] ?? 0),
  }
}

/** Position of the frame on screen at `timeS`: the last one not after it, otherwise the first. */
export function frameAt({ time }: FrameTable, timescale: number, timeS: number): number {
  const limit = (timeS + roundingS) * timescale
  let low = 0
  let high = time.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((time[middle] ?? 0) <= limit) low = middle + 1
    else high = middle
  }
  return Math.max(0, low - 1)
}

/** Times in seconds of presentation of the frames on screen from `startS` to `endS`, ascending. */
export async function timesOnScreen(
  track: DemuxedVideo,
  startS: number,
  endS: number,
  reader: ByteReader,
  signal?: AbortSignal,
): Promise<Float64Array> {
  const { frames } = await loadStretch(track, startS, endS, reader, signal)
  const first = frameAt(frames, track.timescale, startS)
  const last = frameAt(frames, track.timescale, endS)
  const inside = frames.time.subarray(first, last + 1)
  const limit = (endS + roundingS) * track.timescale
  return inside.filter((ticks) => ticks <= limit).map((ticks) => ticks / track.timescale)
}

/** Splits ascending times so that a container read on demand never has to list more than some seconds at once. */
export function* nearbyTimes(track: DemuxedTrack, timesS: readonly number[]): Generator<readonly number[]> {
  let from = 0
  for (let i = 1; i <= timesS.length; i++) {
    const within = i < timesS.length && (!track.stretch || (timesS[i] ?? 0) - (timesS[from] ?? 0) <= longestStretchS)
    if (within) continue
    yield timesS.slice(from, i)
    from = i
  }
}
