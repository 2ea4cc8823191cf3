/** Float64 truth of `interpolate-table.ts`. */
import { dimension, type TensorType, typeAt } from '../gpu/operator'
import type { InterpolateTableAttributes } from './interpolate-table'

export function interpolateTableReference(
  [table = new Float64Array()]: readonly Float64Array[],
  types: readonly TensorType[],
  { rows }: InterpolateTableAttributes,
): Float64Array[] {
  const type = typeAt(types, 0, 'interpolateTable')
  const [rowsIn, width] = [dimension(type, 0), dimension(type, 1)]
  const out = new Float64Array(rows * width)
  for (let r = 0; r < rows; r++) {
    const x = Math.max(0, ((r + 0.5) * rowsIn) / rows - 0.5)
    const low = Math.floor(x)
    const high = Math.min(low + 1, rowsIn - 1)
    for (let d = 0; d < width; d++)
      out[r * width + d] =
        (1 - (x - low)) * (table[low * width + d] ?? Number.NaN) + (x - low) * (table[high * width + d] ?? Number.NaN)
  }
  return [out]
}
