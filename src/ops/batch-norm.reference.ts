/** Float64 truth of `batch-norm.ts`. */
import { dimension, type TensorType, typeAt } from '../gpu/operator'
import type { BatchNormAttributes } from './batch-norm'

export function batchNormReference(
  [x = new Float64Array(), weight = new Float64Array(), bias = new Float64Array()]: readonly Float64Array[],
  types: readonly TensorType[],
  { eps }: BatchNormAttributes,
): Float64Array[] {
  const type = typeAt(types, 0, 'batchNorm')
  const rows = dimension(type, 0)
  const width = dimension(type, 1)
  const y = new Float64Array(x.length)
  const mean = new Float64Array(width)
  const variance = new Float64Array(width)
  for (let c = 0; c < width; c++) {
    const column = Float64Array.from({ length: rows }, (_, row) => x[row * width + c] ?? Number.NaN)
    const m = column.reduce((sum, v) => sum + v, 0) / rows
    const v = column.reduce((sum, value) => sum + (value - m) ** 2, 0) / rows
    mean[c] = m
    variance[c] = v
    column.forEach((value, row) => {
      y[row * width + c] = ((value - m) / Math.sqrt(v + eps)) * (weight[c] ?? Number.NaN) + (bias[c] ?? Number.NaN)
    })
  }
  return [y, mean, variance]
}

export function batchNormInferenceReference(
  inputs: readonly Float64Array[],
  types: readonly TensorType[],
  { eps }: BatchNormAttributes,
): Float64Array[] {
  const [x = new Float64Array(), ...columns] = inputs
  const width = dimension(typeAt(types, 0, 'batchNormInference'), 1)
  return [
    x.map((value, i) => {
      const [weight = 0, bias = 0, mean = 0, variance = 0] = columns.map((column) => column[i % width] ?? Number.NaN)
      return ((value - mean) / Math.sqrt(variance + eps)) * weight + bias
    }),
  ]
}
