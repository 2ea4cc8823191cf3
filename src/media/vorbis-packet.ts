/**
 * How long Vorbis packets are (Vorbis I, 1.3.2 and 4.2.4): a packet gives a quarter of its block and of the one before it, and
 * which of the two block sizes it has depends on a table at the very end of the setup header.
 */

/** Setup and identification header out of Xiph's packing of all three, as Matroska stores it. */
function xiphHeaders(packed: Uint8Array): { identification: Uint8Array; setup: Uint8Array } | null {
  if (packed[0] !== 2) return null
  let at = 1
  const lengths = [0, 0].map(() => {
    let length = 0
    for (let byte = 255; byte === 255 && at < packed.length; at++) {
      byte = packed[at] ?? 0
      length += byte
    }
    return length
  })
  const [first = 0, second = 0] = lengths
  return { identification: packed.subarray(at, at + first), setup: packed.subarray(at + first + second) }
}

/**
 * Block flag of every mode. Modes end the header: 41 bits each (flag, 16 zero bits for the window, 16 for the transform, 8 for
 * the mapping), their count less one in the 6 bits before, then one bit of framing. Read from behind.
 */
function modeFlags(setup: Uint8Array): boolean[] {
  const bit = (at: number): number => ((setup[at >> 3] ?? 0) >> (at & 7)) & 1
  const number = (at: number, width: number): number => {
    let value = 0
    for (let i = width - 1; i >= 0; i--) value = value * 2 + bit(at + i)
    return value
  }
  let end = setup.length * 8 - 1
  while (end > 0 && bit(end) === 0) end--
  const found: boolean[] = []
  let flags: boolean[] = []
  for (let at = end - 41; at > 47 && found.length < 64; at -= 41) {
    if (number(at + 1, 32) !== 0 || number(at + 33, 8) > 63) break
    found.unshift(bit(at) === 1)
    if (number(at - 6, 6) + 1 === found.length) flags = [...found]
  }
  return flags
}

/** Samples by packet and the one before it; null when the headers make no sense. The first packet gives none. */
export function vorbisFrames(headers: Uint8Array): (packet: Uint8Array, previous: Uint8Array | null) => number | null {
  const parts = xiphHeaders(headers)
  const flags = parts ? modeFlags(parts.setup) : []
  const sizes = parts?.identification[28] ?? 0
  const modeBits = Math.ceil(Math.log2(Math.max(1, flags.length)))
  const blockOf = (packet: Uint8Array): number => {
    const mode = ((packet[0] ?? 0) >> 1) & ((1 << modeBits) - 1)
    return 1 << (flags[mode] ? sizes >> 4 : sizes & 15)
  }
  return (packet, previous) => {
    if (flags.length === 0) return null
    return previous ? (blockOf(packet) + blockOf(previous)) / 4 : 0
  }
}
