/** Float64 truth of the element-by-element operators: gelu, relu, add, add in place, scale, weighted sum. */
import type { TensorType } from '../gpu/operator'
import { erf } from './erf.reference'
import type { ScaleAttributes } from './scale'
import type { WeightedSumAttributes } from './weighted-sum'

type Inputs = readonly Float64Array[]

export const geluReference = ([x = new Float64Array()]: Inputs): Float64Array[] => [
  x.map((v) => 0.5 * v * (1 + erf(v / Math.SQRT2))),
]
export const reluReference = ([x = new Float64Array()]: Inputs): Float64Array[] => [x.map((v) => Math.max(v, 0))]
export const addReference = ([a = new Float64Array(), b = new Float64Array()]: Inputs): Float64Array[] => [
  a.map((v, i) => v + (b[i] ?? Number.NaN)),
]
export const scaleReference = (
  [x = new Float64Array()]: Inputs,
  _types: readonly TensorType[],
  { factor }: ScaleAttributes,
): Float64Array[] => [x.map((v) => factor * v)]
export const weightedSumReference = (
  scalars: Inputs,
  _types: readonly TensorType[],
  { weights }: WeightedSumAttributes,
): Float64Array[] => [
  Float64Array.of(weights.reduce((sum, weight, i) => sum + weight * (scalars[i]?.[0] ?? Number.NaN), 0)),
]
