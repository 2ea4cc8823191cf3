/** Float64 truth of `layer-norm.ts`. */
import { dimension, type TensorType, typeAt } from '../gpu/operator'
import type { LayerNormAttributes } from './layer-norm'

export function layerNormReference(
  [x = new Float64Array(), weight = new Float64Array(), bias = new Float64Array()]: readonly Float64Array[],
  types: readonly TensorType[],
  { eps }: LayerNormAttributes,
): Float64Array[] {
  const width = dimension(typeAt(types, 0, 'layerNorm'), -1)
  const y = new Float64Array(x.length)
  for (let base = 0; base < x.length; base += width) {
    const row = x.subarray(base, base + width)
    const mean = row.reduce((sum, v) => sum + v, 0) / width
    const variance = row.reduce((sum, v) => sum + (v - mean) ** 2, 0) / width
    row.forEach((v, i) => {
      y[base + i] = ((v - mean) / Math.sqrt(variance + eps)) * (weight[i] ?? Number.NaN) + (bias[i] ?? Number.NaN)
    })
  }
  return [y]
}
