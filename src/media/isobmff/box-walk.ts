/**
 * The box structure of an ISO base media file (ISO/IEC 14496-12, 4.2) straight from bytes: top-level boxes without reading
 * their contents, and inside `moov` the sample tables. mp4box turns a table into arrays of numbers before anybody has looked
 * at its count, so tables are checked here, renamed to `free`, and read by us as views.
 */
import type { ByteReader } from '../byte-reader'

export interface BoxRange {
  readonly type: string
  readonly start: number
  /** First byte after the header. */
  readonly body: number
  readonly end: number
}

/** Positions of the sample tables of one track, by type. */
export type TableRanges = ReadonlyMap<string, BoxRange>

const containers = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl'])
/** Bytes before the entries (after version and flags) and bytes of one entry. */
const tableLayout: Readonly<Record<string, readonly [header: number, entry: number]>> = {
  stts: [4, 8],
  ctts: [4, 8],
  stsc: [4, 12],
  stco: [4, 4],
  co64: [4, 8],
  stss: [4, 4],
  stsz: [8, 4],
  stz2: [8, 0],
}

const typeAt = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4))

function headerAt(view: DataView, at: number, limit: number, base: number): BoxRange | null {
  if (at + 8 > view.byteLength) return null
  const size32 = view.getUint32(at)
  const type = typeAt(new Uint8Array(view.buffer, view.byteOffset, view.byteLength), at + 4)
  if (size32 === 1) {
    if (at + 16 > view.byteLength) return null
    const size = Number(view.getBigUint64(at + 8))
    return size < 16 ? null : { type, start: base + at, body: base + at + 16, end: base + at + size }
  }
  // Size 0: to the end of what surrounds it.
  const size = size32 === 0 ? limit - at : size32
  return size < 8 ? null : { type, start: base + at, body: base + at + 8, end: base + at + size }
}

/** Top-level boxes in file order; stops where the bytes make no box. The last one may reach past the end of the file. */
export async function* topLevelBoxes(reader: ByteReader): AsyncGenerator<BoxRange> {
  let position = 0
  while (position + 8 <= reader.size) {
    const bytes = await reader.read(position, 16)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const box = headerAt(view, 0, reader.size - position, position)
    if (!box || !/^[\x20-\x7e\xa9]{4}$/.test(box.type)) return
    yield box
    position = box.end
  }
}

/** Boxes directly inside `[from, to)` of `bytes`. @throws when one is larger than what surrounds it. */
export function childBoxes(bytes: Uint8Array, from: number, to: number): BoxRange[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const boxes: BoxRange[] = []
  for (let at = from; at + 8 <= to; ) {
    const box = headerAt(view, at, to, 0)
    // QuickTime closes some lists with four zero bytes and pads others.
    if (!box || view.getUint32(at) === 0) break
    if (box.end > to) throw new Error(`its ${box.type} box is larger than the box around it`)
    boxes.push(box)
    at = box.end
  }
  return boxes
}

function checkTable(bytes: Uint8Array, box: BoxRange): void {
  const layout = tableLayout[box.type]
  if (!layout) return
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const entries = box.body + 4 + layout[0]
  if (entries > box.end) throw new Error(`its ${box.type} table is cut off`)
  const count = view.getUint32(entries - 4)
  const constantSize = box.type === 'stsz' && view.getUint32(box.body + 4) !== 0
  const bits = box.type === 'stz2' ? view.getUint8(box.body + 7) : layout[1] * 8
  if (!constantSize && entries + (count * bits) / 8 > box.end)
    throw new Error(`its ${box.type} table claims ${count} entries but holds fewer`)
}

/**
 * Finds the sample tables of every track, in order of the `trak` boxes, checks their counts against their sizes, and renames
 * them to `free` in place.
 * @param bytes one whole `moov` box, from its header on.
 * @throws naming the table whose count its box cannot hold.
 */
export function takeSampleTables(bytes: Uint8Array): TableRanges[] {
  const tracks: Map<string, BoxRange>[] = []
  const visit = (from: number, to: number): void => {
    for (const box of childBoxes(bytes, from, to)) {
      if (box.type === 'trak') tracks.push(new Map())
      if (containers.has(box.type)) visit(box.body, box.end)
      else if (box.type in tableLayout) {
        checkTable(bytes, box)
        tracks.at(-1)?.set(box.type, box)
        bytes.set([0x66, 0x72, 0x65, 0x65], box.start + 4)
      }
    }
  }
  visit(0, bytes.length)
  return tracks
}
