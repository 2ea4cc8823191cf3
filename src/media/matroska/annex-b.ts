/**
 * H.264 that some writers put into Matroska as in a bare stream, with start codes (ITU-T H.264, annex B) where lengths belong.
 * WebCodecs takes it without a description; parameter sets then have to stand before key frames.
 */
import { h264Colour } from '../h264-colour'
import { sequenceParameterSet, unit } from '../h264-units'
import type { DescribedVideo } from '../library/describe-video'
import type { PackedTrack } from './segment'

interface AnnexB {
  readonly description: Pick<DescribedVideo, 'codec' | 'config' | 'colour'>
  /** With start codes; may be empty. */
  readonly parameterSets: Uint8Array
}

const startCode = [0, 0, 0, 1]

const beginsWithStartCode = ([a, b, c, d]: Uint8Array): boolean =>
  a === 0 && b === 0 && (c === 1 || (c === 0 && d === 1))

/** Parameter sets of a decoder configuration record (ISO/IEC 14496-15, 5.3.3) with start codes. */
function recordSets(record: Uint8Array): Uint8Array {
  const sets: number[] = []
  let at = 5
  for (const mask of [31, 255]) {
    const count = (record[at++] ?? 0) & mask
    for (let i = 0; i < count; i++) {
      const length = ((record[at] ?? 0) << 8) | (record[at + 1] ?? 0)
      sets.push(...startCode, ...record.subarray(at + 2, at + 2 + length))
      at += 2 + length
    }
  }
  return Uint8Array.from(sets)
}

/** @param keyFrame content of a key frame. Null: the track is packed as it should be, or is no H.264. */
export function annexB({ codecId, codecPrivate }: PackedTrack, keyFrame: Uint8Array): AnnexB | null {
  if (codecId !== 'V_MPEG4/ISO/AVC' || !beginsWithStartCode(keyFrame)) return null
  const parameterSets = codecPrivate[0] === 1 ? recordSets(codecPrivate) : codecPrivate.slice()
  const sequence = unit(parameterSets, sequenceParameterSet) ?? unit(keyFrame, sequenceParameterSet)
  if (!sequence) return null
  const profile = [...sequence.subarray(1, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  const codec = `avc1.${profile}`
  const said = h264Colour(sequence)
  const colour = { matrix: said?.matrix ?? 'bt601', fullRange: said?.fullRange ?? false } as const
  return { description: { codec, config: { codec }, colour }, parameterSets }
}

/** A key frame with parameter sets before it, unless it has its own. */
export function withParameterSets(
  keyFrame: Uint8Array<ArrayBuffer>,
  parameterSets: Uint8Array,
): Uint8Array<ArrayBuffer> {
  if (unit(keyFrame, sequenceParameterSet)) return keyFrame
  const whole = new Uint8Array(parameterSets.length + keyFrame.length)
  whole.set(parameterSets)
  whole.set(keyFrame, parameterSets.length)
  return whole
}
