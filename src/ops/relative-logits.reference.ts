/** Float64 truth of `relative-logits.ts`; only which row belongs to which pair is found in float32, as PyTorch finds it. */
import { type TensorType, typeAt } from '../gpu/operator'
import type { RelativeLogitsAttributes } from './relative-logits'
import { rowOfPair } from './relative-rows'

export function relativeLogitsReference(
  [q = new Float64Array(), ...tables]: readonly Float64Array[],
  types: readonly TensorType[],
  { gridQ, gridKv, cls }: RelativeLogitsAttributes,
): Float64Array[] {
  const [batch = 0, heads = 0, queries = 0, width = 0] = typeAt(types, 0, 'relativeLogits').shape
  const out: number[] = []
  for (let item = 0; item < batch * heads; item++)
    for (let n = 0; n < queries; n++) {
      const place = n - cls
      const places = [
        Math.floor(place / (gridQ[1] * gridQ[2])),
        Math.floor(place / gridQ[2]) % gridQ[1],
        place % gridQ[2],
      ]
      tables.forEach((table, index) => {
        const axis = [1, 2, 0][index] ?? 0
        const keys = gridKv[axis] ?? 0
        for (let j = 0; j < keys; j++) {
          let sum = 0
          if (place >= 0) {
            const row = rowOfPair(gridQ[axis] ?? 0, keys)[(places[axis] ?? 0) * keys + j] ?? Number.NaN
            for (let d = 0; d < width; d++)
              sum += (q[(item * queries + n) * width + d] ?? Number.NaN) * (table[row * width + d] ?? Number.NaN)
          }
          out.push(sum)
        }
      })
    }
  return [Float64Array.from(out)]
}
