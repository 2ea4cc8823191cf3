/** Units of H.264 streams with start codes (ITU-T H.264, annex B). */

/** Kind of a unit (table 7-1). */
export const sequenceParameterSet = 7

/** First unit of a kind, with its header byte and what follows up to the next start code. */
export function unit(stream: Uint8Array, kind: number): Uint8Array | null {
  for (let at = 0; at + 3 < stream.length; at++) {
    if (stream[at] !== 0 || stream[at + 1] !== 0 || stream[at + 2] !== 1) continue
    if (((stream[at + 3] ?? 0) & 31) !== kind) continue
    let end = at + 4
    while (end + 2 < stream.length && !(stream[end] === 0 && stream[end + 1] === 0 && (stream[end + 2] ?? 0) <= 1))
      end++
    return stream.subarray(at + 3, end + 2 < stream.length ? end : stream.length)
  }
  return null
}
