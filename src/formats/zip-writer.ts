/** Writes zip archives of stored entries (PKWARE APPNOTE 6.3), as PyTorch does: each content begins at a multiple of 64 bytes. */
import { crc32 } from './crc32'

export interface ZipContent {
  readonly name: string
  readonly data: Uint8Array<ArrayBuffer>
}

const alignment = 64
const largest = 0xffffffff
/** 1 January 1980: archives of the same contents are the same bytes. */
const dosDate = 0x0021
/** An extra field of zeros, for alignment; its id is the one that PyTorch uses. */
const paddingId = 0x4246

/**
 * The archive as parts for `new Blob(parts)`; contents are not copied.
 * @throws when it would be larger than 4 GiB, which needs zip64.
 */
export function writeZip(contents: readonly ZipContent[]): Uint8Array<ArrayBuffer>[] {
  const parts: Uint8Array<ArrayBuffer>[] = []
  const directory: Uint8Array<ArrayBuffer>[] = []
  let at = 0
  for (const { name, data } of contents) {
    const encoded = new TextEncoder().encode(name)
    const checksum = crc32(data)
    const unpadded = at + 30 + encoded.length + 4
    const extra = 4 + ((alignment - (unpadded % alignment)) % alignment)
    const local = header(0x04034b50, 30, checksum, data.length, encoded, extra)
    const padding = new DataView(local.buffer, 30 + encoded.length)
    padding.setUint16(0, paddingId, true)
    padding.setUint16(2, extra - 4, true)
    directory.push(directoryEntry(checksum, data.length, encoded, at))
    parts.push(local, data)
    at += local.length + data.length
  }
  const directoryBytes = directory.reduce((sum, { length }) => sum + length, 0)
  if (at + directoryBytes > largest || contents.length > 0xfffe)
    throw new Error(`An archive of ${at} bytes is over 4 GiB and is not written.`)
  const end = new DataView(new ArrayBuffer(22))
  end.setUint32(0, 0x06054b50, true)
  end.setUint16(8, contents.length, true)
  end.setUint16(10, contents.length, true)
  end.setUint32(12, directoryBytes, true)
  end.setUint32(16, at, true)
  return [...parts, ...directory, new Uint8Array(end.buffer)]
}

/** A local header, or the fields that it shares with a directory entry. */
function header(
  signature: number,
  fixedBytes: number,
  checksum: number,
  size: number,
  name: Uint8Array,
  extra: number,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(fixedBytes + name.length + extra)
  const view = new DataView(bytes.buffer)
  // A directory entry says first which version wrote it.
  const shift = fixedBytes === 30 ? 0 : 2
  view.setUint32(0, signature, true)
  if (shift) view.setUint16(4, 20, true)
  view.setUint16(4 + shift, 20, true)
  view.setUint16(6 + shift, 0x0800, true)
  view.setUint16(12 + shift, dosDate, true)
  view.setUint32(14 + shift, checksum, true)
  view.setUint32(18 + shift, size, true)
  view.setUint32(22 + shift, size, true)
  view.setUint16(26 + shift, name.length, true)
  view.setUint16(28 + shift, extra, true)
  bytes.set(name, fixedBytes)
  return bytes
}

function directoryEntry(checksum: number, size: number, name: Uint8Array, at: number): Uint8Array<ArrayBuffer> {
  const bytes = header(0x02014b50, 46, checksum, size, name, 0)
  new DataView(bytes.buffer).setUint32(42, at, true)
  return bytes
}
