/** Float64 truth of `l2-normalise.ts`. */
import { dimension, type TensorType, typeAt } from '../gpu/operator'

export function l2NormaliseReference(
  [x = new Float64Array()]: readonly Float64Array[],
  types: readonly TensorType[],
): Float64Array[] {
  const width = dimension(typeAt(types, 0, 'l2Normalise'), -1)
  const norm = (row: number) => Math.hypot(...x.subarray(row * width, (row + 1) * width))
  const norms = Array.from({ length: x.length / width }, (_, row) => Math.max(norm(row), 1e-12))
  return [x.map((value, i) => value / (norms[Math.floor(i / width)] ?? Number.NaN))]
}
