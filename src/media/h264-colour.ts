/** The colour description inside an H.264 sequence parameter set (ITU-T H.264, 7.3.2.1.1 and E.1.1). */
import { BitReader } from './bit-reader'
import type { Colour } from './types'

/** Profiles whose parameter sets carry chroma format, bit depth and scaling lists. */
const highProfiles = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135])

/** Matrix coefficients (ITU-T H.273, table 4) as one of ours; null: unspecified or none that we know. */
export function matrixOf(coefficients: number): Colour['matrix'] | null {
  if (coefficients === 1) return 'bt709'
  if (coefficients === 9 || coefficients === 10) return 'bt2020'
  return coefficients === 5 || coefficients === 6 ? 'bt601' : null
}

/** Without the bytes 3 that keep start codes out of the payload (7.4.1). */
function withoutEscapes(bytes: Uint8Array): Uint8Array {
  return bytes.filter((byte, i) => !(byte === 3 && i >= 2 && bytes[i - 1] === 0 && bytes[i - 2] === 0))
}

function skipScalingLists(reader: BitReader, lists: number): void {
  for (let list = 0; list < lists; list++) {
    if (!reader.flag()) continue
    let last = 8
    // A zero ends a list: the rest repeats.
    for (let left = list < 6 ? 16 : 64; left > 0 && last !== 0; left--)
      last = (last + reader.signedGolomb() + 256) % 256
  }
}

/** Reads up to the size of a picture. @returns its rows of macroblocks, in a field where pictures are interlaced. */
function readUpToHeight(reader: BitReader): number {
  reader.bits(8)
  const profile = reader.bits(8)
  reader.bits(16)
  reader.unsignedGolomb()
  if (highProfiles.has(profile)) {
    const chroma = reader.unsignedGolomb()
    if (chroma === 3) reader.bits(1)
    reader.unsignedGolomb()
    reader.unsignedGolomb()
    reader.bits(1)
    if (reader.flag()) skipScalingLists(reader, chroma === 3 ? 12 : 8)
  }
  reader.unsignedGolomb()
  const orderType = reader.unsignedGolomb()
  if (orderType === 0) reader.unsignedGolomb()
  else if (orderType === 1) {
    reader.bits(1)
    reader.signedGolomb()
    reader.signedGolomb()
    const cycle = reader.unsignedGolomb()
    for (let i = 0; i < cycle && reader.bitsLeft > 0; i++) reader.signedGolomb()
  }
  reader.unsignedGolomb()
  reader.bits(1)
  reader.unsignedGolomb()
  return reader.unsignedGolomb() + 1
}

/**
 * Rows of pixels that a frame has beyond those of one of its fields, before cropping: 0 where pictures are not interlaced.
 * @param unit one NAL unit with its header byte.
 */
export function h264FieldRows(unit: Uint8Array): number {
  const reader = new BitReader(withoutEscapes(unit))
  const rows = readUpToHeight(reader)
  return reader.flag() ? 0 : 16 * rows
}

/** @param unit one NAL unit with its header byte. Null: the parameter set says nothing about colour. */
export function h264Colour(unit: Uint8Array): { matrix: Colour['matrix'] | null; fullRange: boolean } | null {
  const reader = new BitReader(withoutEscapes(unit))
  readUpToHeight(reader)
  if (!reader.flag()) reader.bits(1)
  reader.bits(1)
  if (reader.flag()) for (let side = 0; side < 4; side++) reader.unsignedGolomb()
  if (!reader.flag()) return null
  if (reader.flag() && reader.bits(8) === 255) reader.bits(32)
  if (reader.flag()) reader.bits(1)
  if (!reader.flag() || reader.bitsLeft < 5) return null
  reader.bits(3)
  const fullRange = reader.flag()
  if (!reader.flag()) return { matrix: null, fullRange }
  reader.bits(16)
  return { matrix: matrixOf(reader.bits(8)), fullRange }
}
