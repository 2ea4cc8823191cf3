/** The sample tables of a track (ISO/IEC 14496-12, 8.6 and 8.7) unpacked into one packed table of packets. */
import type { PacketTable } from '../demuxed'
import type { BoxRange, TableRanges } from './box-walk'

/** Entry `row`, column `column` of a table of 32-bit numbers; 8 bytes of version, flags and count come first. */
type Cells = { readonly count: number; readonly at: (row: number, column: number) => number }

function cells(view: DataView, box: BoxRange | undefined, columns: number, signedColumn = -1): Cells {
  if (!box) return { count: 0, at: () => 0 }
  const first = box.body + 8
  return {
    count: view.getUint32(box.body + 4),
    at: (row, column) => {
      const position = first + (row * columns + column) * 4
      return column === signedColumn ? view.getInt32(position) : view.getUint32(position)
    },
  }
}

/** Sizes in bytes: one for all, or a look-up. */
interface Sizes {
  readonly count: number
  readonly constant: number
  readonly at: (sample: number) => number
}

function sampleSizes(view: DataView, tables: TableRanges): Sizes {
  const stsz = tables.get('stsz')
  if (stsz) {
    const constant = view.getUint32(stsz.body + 4)
    const count = view.getUint32(stsz.body + 8)
    return { count, constant, at: (i) => (constant > 0 ? constant : view.getUint32(stsz.body + 12 + 4 * i)) }
  }
  const stz2 = tables.get('stz2')
  if (!stz2) return { count: 0, constant: 0, at: () => 0 }
  const bits = view.getUint8(stz2.body + 7)
  const first = stz2.body + 12
  const at = (i: number): number => {
    if (bits === 16) return view.getUint16(first + 2 * i)
    if (bits === 8) return view.getUint8(first + i)
    const pair = view.getUint8(first + (i >> 1))
    return i % 2 === 0 ? pair >> 4 : pair & 15
  }
  return { count: view.getUint32(stz2.body + 8), constant: 0, at }
}

function chunkOffsets(view: DataView, tables: TableRanges): { count: number; at: (chunk: number) => number } {
  const co64 = tables.get('co64')
  if (co64)
    return {
      count: view.getUint32(co64.body + 4),
      at: (chunk) => Number(view.getBigUint64(co64.body + 8 + 8 * chunk)),
    }
  const stco = cells(view, tables.get('stco'), 1)
  return { count: stco.count, at: (chunk) => stco.at(chunk, 0) }
}

/** Calls `visit` for every chunk with its first sample and number of samples, until the samples run out. */
function eachChunk(
  view: DataView,
  tables: TableRanges,
  samples: number,
  visit: (offset: number, firstSample: number, sampleCount: number) => void,
): void {
  const chunks = chunkOffsets(view, tables)
  const runs = cells(view, tables.get('stsc'), 3)
  let sample = 0
  for (let run = 0; run < runs.count; run++) {
    const perChunk = runs.at(run, 1)
    const last = run + 1 < runs.count ? runs.at(run + 1, 0) - 1 : chunks.count
    for (let chunk = runs.at(run, 0) - 1; chunk < Math.min(last, chunks.count) && sample < samples; chunk++) {
      const count = Math.min(perChunk, samples - sample)
      if (chunk >= 0) visit(chunks.at(chunk), sample, count)
      sample += count
    }
  }
}

/**
 * Compressed tracks: one packet a sample. `bytes` is the `moov` box that `tables` point into.
 * @throws when a constant sample size times the count exceeds the file.
 */
export function readSampleTable(bytes: Uint8Array, tables: TableRanges, fileSize: number): PacketTable {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const sizes = sampleSizes(view, tables)
  if (sizes.constant * sizes.count > fileSize) throw new Error('its stsz table claims more bytes than the file has')
  const { count } = sizes
  const offset = new Float64Array(count)
  const size = new Uint32Array(count)
  eachChunk(view, tables, count, (chunkOffset, first, samples) => {
    let position = chunkOffset
    for (let i = first; i < first + samples; i++) {
      const bytesOfSample = sizes.at(i)
      offset[i] = position
      size[i] = bytesOfSample
      position += bytesOfSample
    }
  })
  const pts = new Float64Array(count)
  const duration = new Float64Array(count)
  const stts = cells(view, tables.get('stts'), 2)
  let sample = 0
  let time = 0
  for (let row = 0; row < stts.count; row++) {
    const delta = stts.at(row, 1)
    for (let n = stts.at(row, 0); n > 0 && sample < count; n--, sample++) {
      pts[sample] = time
      duration[sample] = delta
      time += delta
    }
  }
  // Samples beyond the time table have no time: they do not count.
  const timed = sample
  const ctts = cells(view, tables.get('ctts'), 2, 1)
  sample = 0
  for (let row = 0; row < ctts.count; row++) {
    const shift = ctts.at(row, 1)
    for (let n = ctts.at(row, 0); n > 0 && sample < timed; n--, sample++) pts[sample] = (pts[sample] ?? 0) + shift
  }
  const stss = cells(view, tables.get('stss'), 1)
  const key = new Uint8Array(count).fill(tables.has('stss') ? 0 : 1)
  for (let row = 0; row < stss.count; row++) {
    const number = stss.at(row, 0)
    if (number >= 1 && number <= count) key[number - 1] = 1
  }
  return keepFirst({ count, offset, size, pts, duration, key }, timed)
}

/**
 * Uncompressed sound: a sample is one moment of sound, so one packet a stretch of a chunk instead. Sizes in `stsz` are often
 * 1 by convention; the frame size comes from the sample description.
 */
export function readPcmTable(
  bytes: Uint8Array,
  tables: TableRanges,
  fileSize: number,
  frameBytes: number,
): PacketTable {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const samples = Math.min(sampleSizes(view, tables).count, Math.floor(fileSize / frameBytes))
  const stts = cells(view, tables.get('stts'), 2)
  const delta = stts.count > 0 ? stts.at(0, 1) : 1
  const framesPerPacket = 4096
  const rows: [offset: number, frames: number, first: number][] = []
  eachChunk(view, tables, samples, (chunkOffset, first, count) => {
    for (let done = 0; done < count; done += framesPerPacket)
      rows.push([chunkOffset + done * frameBytes, Math.min(framesPerPacket, count - done), first + done])
  })
  return {
    count: rows.length,
    offset: Float64Array.from(rows, ([position]) => position),
    size: Uint32Array.from(rows, ([, frames]) => frames * frameBytes),
    pts: Float64Array.from(rows, ([, , first]) => first * delta),
    duration: Float64Array.from(rows, ([, frames]) => frames * delta),
    key: new Uint8Array(rows.length).fill(1),
  }
}

/** The first `count` rows, as views. */
function keepFirst(table: PacketTable, count: number): PacketTable {
  return {
    count,
    offset: table.offset.subarray(0, count),
    size: table.size.subarray(0, count),
    pts: table.pts.subarray(0, count),
    duration: table.duration.subarray(0, count),
    key: table.key.subarray(0, count),
  }
}

/** Drops what lies past the end of a file that was cut off. Decode order and file order agree, so it is a tail. */
export function cutAtFileEnd(table: PacketTable, fileSize: number): PacketTable {
  let count = 0
  while (count < table.count && (table.offset[count] ?? 0) + (table.size[count] ?? 0) <= fileSize) count++
  return count === table.count ? table : keepFirst(table, count)
}
