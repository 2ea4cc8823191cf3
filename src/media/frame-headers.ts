/** How many samples a compressed packet holds, from its first bytes. */

/** AC-3 frames have six blocks of 256 samples each (ETSI TS 102 366, 4.3). */
export const framesOfAc3 = (): number => 1536

/** Blocks of an E-AC-3 frame (ETSI TS 102 366, E.1.3.1.4); null when the packet has no frame header. */
export function framesOfEac3(packet: Uint8Array): number | null {
  if (packet[0] !== 0x0b || packet[1] !== 0x77) return null
  // A frame may hold plain AC-3 as well: bsid 10 and below.
  if ((packet[5] ?? 0) >> 3 <= 10) return 1536
  const rates = ((packet[4] ?? 0) >> 4) & 15
  return rates >> 2 === 3 ? 1536 : ([1, 2, 3, 6][rates & 3] ?? 6) * 256
}

/** Samples of a DTS core frame (ETSI TS 102 114, 5.3.1): blocks of 32; null when the packet has no core. */
export function framesOfDts(packet: Uint8Array): number | null {
  if (packet[0] !== 0x7f || packet[1] !== 0xfe || packet[2] !== 0x80 || packet[3] !== 0x01) return null
  const blocks = (((packet[4] ?? 0) & 1) << 6) | ((packet[5] ?? 0) >> 2)
  return (blocks + 1) * 32
}

/** MPEG-1 layer III has 1152 samples a frame, MPEG-2 and 2.5 half as many (ISO/IEC 11172-3, 13818-3). */
export function framesOfMp3(packet: Uint8Array): number | null {
  if (packet[0] !== 0xff || ((packet[1] ?? 0) & 0xe0) !== 0xe0) return null
  return ((packet[1] ?? 0) >> 3) & 1 ? 1152 : 576
}

/** Block sizes of FLAC frames by their code (RFC 9639, 9.1.1); 6 and 7 are written behind the frame's number. */
export function framesOfFlac(packet: Uint8Array): number | null {
  if (packet[0] !== 0xff || ((packet[1] ?? 0) & 0xfe) !== 0xf8) return null
  const code = (packet[2] ?? 0) >> 4
  if (code === 1) return 192
  if (code >= 2 && code <= 5) return 576 << (code - 2)
  if (code >= 8) return 256 << (code - 8)
  // The number is packed like a character of UTF-8: leading ones count its bytes.
  const first = packet[4] ?? 0
  const numberBytes = first < 0x80 ? 1 : Math.clz32(~(first << 24))
  const at = 4 + numberBytes
  if (code === 6) return (packet[at] ?? 0) + 1
  return code === 7 ? (((packet[at] ?? 0) << 8) | (packet[at + 1] ?? 0)) + 1 : null
}
