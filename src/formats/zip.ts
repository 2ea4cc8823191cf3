/**
 * The directory of a zip archive (PKWARE APPNOTE 6.3, zip64 included) and the place of each stored entry, read by ranges:
 * an archive may be larger than memory. Files come from outside: every offset is checked before it is used.
 */

export interface ZipEntry {
  readonly name: string
  /** Bytes of its content. */
  readonly size: number
  /** Compressed or encrypted: its content cannot be read as it lies there. */
  readonly packed: boolean
  /** Where its local header begins. */
  readonly at: number
}

const signatures = { entry: 0x02014b50, end: 0x06054b50, end64: 0x06064b50, locator64: 0x07064b50, local: 0x04034b50 }
const endBytes = 22
const longestComment = 65_535
const maxDirectoryBytes = 64 * 2 ** 20
/** What stands in a 32-bit field whose value is in the zip64 extra field. */
const in64 = 0xffffffff

const fail = (cause: string): never => {
  throw new Error(`The zip archive is damaged: ${cause}.`)
}

const viewOf = async (file: Blob, from: number, to: number): Promise<DataView> =>
  new DataView(await file.slice(from, to).arrayBuffer())

/** A 64-bit number; what no file can reach becomes Infinity, which every check of a range refuses. */
const uint64 = (view: DataView, at: number): number => {
  const value = Number(view.getBigUint64(at, true))
  return Number.isSafeInteger(value) ? value : Number.POSITIVE_INFINITY
}

/** @throws when the archive is cut off, its directory lies outside the file, is too large, or names an entry twice. */
export async function readZipDirectory(file: Blob): Promise<ReadonlyMap<string, ZipEntry>> {
  const { count, size, at } = await findDirectory(file)
  if (at + size > file.size) fail(`its directory lies at bytes ${at} to ${at + size} of ${file.size}`)
  if (size > maxDirectoryBytes) fail(`its directory has ${size} bytes, more than ${maxDirectoryBytes}`)
  const view = await viewOf(file, at, at + size)
  const entries = new Map<string, ZipEntry>()
  let position = 0
  for (let index = 0; index < count; index++) {
    if (position + 46 > size || view.getUint32(position, true) !== signatures.entry)
      return fail(`entry ${index + 1} of ${count} is not where its directory ends`)
    const nameBytes = view.getUint16(position + 28, true)
    const extraBytes = view.getUint16(position + 30, true)
    const next = position + 46 + nameBytes + extraBytes + view.getUint16(position + 32, true)
    if (next > size) fail(`entry ${index + 1} of ${count} is longer than its directory`)
    const entry = readEntry(view, position, nameBytes, extraBytes)
    if (entries.has(entry.name)) fail(`two entries are called "${entry.name}"`)
    entries.set(entry.name, entry)
    position = next
  }
  return entries
}

async function findDirectory(file: Blob): Promise<{ count: number; size: number; at: number }> {
  const from = Math.max(0, file.size - endBytes - longestComment)
  const tail = await viewOf(file, from, file.size)
  let end = tail.byteLength - endBytes
  const isEnd = (at: number) =>
    tail.getUint32(at, true) === signatures.end && at + endBytes + tail.getUint16(at + 20, true) === tail.byteLength
  while (end >= 0 && !isEnd(end)) end--
  if (end < 0) return fail('it has no directory at its end, so it was not copied to the end')
  const [count, size, at] = [
    tail.getUint16(end + 10, true),
    tail.getUint32(end + 12, true),
    tail.getUint32(end + 16, true),
  ]
  if (end < 20 || tail.getUint32(end - 20, true) !== signatures.locator64) return { count, size, at }
  const end64 = uint64(tail, end - 12)
  if (end64 + 56 > file.size) fail('its zip64 directory lies outside the file')
  const large = await viewOf(file, end64, end64 + 56)
  if (large.getUint32(0, true) !== signatures.end64) fail('its zip64 directory is not where it should be')
  return { count: uint64(large, 32), size: uint64(large, 40), at: uint64(large, 48) }
}

function readEntry(view: DataView, at: number, nameBytes: number, extraBytes: number): ZipEntry {
  const name = new TextDecoder().decode(new Uint8Array(view.buffer, at + 46, nameBytes))
  const packed = view.getUint16(at + 10, true) !== 0 || (view.getUint16(at + 8, true) & 1) !== 0
  const fields = [view.getUint32(at + 24, true), view.getUint32(at + 20, true), view.getUint32(at + 42, true)]
  const [size = 0, , local = 0] = fillFrom64(view, at + 46 + nameBytes, extraBytes, fields)
  return { name, size, packed, at: local }
}

/** Replaces each field that says so by the next 64-bit number of the zip64 extra field. */
function fillFrom64(view: DataView, from: number, bytes: number, fields: readonly number[]): readonly number[] {
  let at = from
  while (at + 4 <= from + bytes) {
    const length = view.getUint16(at + 2, true)
    if (view.getUint16(at, true) === 1) {
      let next = at + 4
      const last = Math.min(at + 4 + length, from + bytes)
      return fields.map((field) => {
        if (field !== in64) return field
        if (next + 8 > last) return fail('a zip64 field is missing')
        next += 8
        return uint64(view, next - 8)
      })
    }
    at += 4 + length
  }
  return fields
}

/** The content of an entry, not read yet. @throws when it is packed or lies outside the file. */
export async function zipContent(file: Blob, { name, size, packed, at }: ZipEntry): Promise<Blob> {
  if (packed) throw new Error(`"${name}" in the zip archive is compressed or encrypted; PyTorch stores it as it is.`)
  if (at + 30 > file.size) fail(`"${name}" begins at byte ${at} of ${file.size}`)
  const header = await viewOf(file, at, at + 30)
  if (header.getUint32(0, true) !== signatures.local) fail(`"${name}" has no header where it begins`)
  const start = at + 30 + header.getUint16(26, true) + header.getUint16(28, true)
  if (start + size > file.size) fail(`"${name}" lies at bytes ${start} to ${start + size} of ${file.size}`)
  return file.slice(start, start + size)
}
