/** CRC-32 (ISO 3309, as in zip and PNG), four bytes at a time: tells a damaged file from a whole one. */

/** Table k gives the effect of a byte that k more bytes follow. */
const tables = Array.from({ length: 4 }, () => new Uint32Array(256))
const [t0, t1, t2, t3] = tables as [Uint32Array, Uint32Array, Uint32Array, Uint32Array]
for (let byte = 0; byte < 256; byte++) {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  t0[byte] = crc
}
for (let byte = 0; byte < 256; byte++) {
  let crc = t0[byte] as number
  for (const table of [t1, t2, t3]) {
    crc = (crc >>> 8) ^ (t0[crc & 255] as number)
    table[byte] = crc
  }
}

/** Checksum of `bytes`; give the checksum of what came before as `previous` to go on. */
export function crc32(bytes: Uint8Array, previous = 0): number {
  let crc = ~previous
  const whole = bytes.length & ~3
  // Indices are in range by construction; the casts spare a branch per byte.
  for (let i = 0; i < whole; i += 4) {
    crc ^=
      (bytes[i] as number) |
      ((bytes[i + 1] as number) << 8) |
      ((bytes[i + 2] as number) << 16) |
      ((bytes[i + 3] as number) << 24)
    crc =
      (t3[crc & 255] as number) ^
      (t2[(crc >>> 8) & 255] as number) ^
      (t1[(crc >>> 16) & 255] as number) ^
      (t0[crc >>> 24] as number)
  }
  for (let i = whole; i < bytes.length; i++) crc = (crc >>> 8) ^ (t0[(crc ^ (bytes[i] as number)) & 255] as number)
  return ~crc >>> 0
}
