import { u32Tensor } from '../gpu/operator'
import { hiddenInference, hiddenNorm, updateHiddenRunning } from './hidden-norm'
import { hiddenInferenceReference, hiddenNormReference, updateHiddenRunningReference } from './hidden-norm.reference'
import { normals, shape, testOperator } from './testing'

/** Counts, seeds and steps of probes. */
const state = (...counts: number[]) => Uint32Array.from(counts.flatMap((count, probe) => [count, 5 + probe, 9, 0]))
/** Means and variances, the latter positive. */
const moments = (count: number, random: () => number) =>
  normals(2 * count, random).map((value, index) => (index % 2 ? 0.5 + value * value : value))

testOperator({
  operator: hiddenNorm,
  reference: hiddenNormReference,
  cases: [
    {
      name: 'two probes, all rows',
      attributes: { eps: 1e-5, dropout: 0, stream: 0 },
      inputs: [shape(2, 5, 12), shape(2, 5, 2), u32Tensor(2, 4)],
      make: (index) => (index === 2 ? state(12, 12) : null),
      cotangentOf: [0],
      gradientOf: [0, 1],
    },
    {
      name: 'rows that do not count, different by probe',
      attributes: { eps: 1e-5, dropout: 0, stream: 0 },
      inputs: [shape(3, 70, 208), shape(3, 70, 2), u32Tensor(3, 4)],
      make: (index) => (index === 2 ? state(208, 2, 131) : null),
      cotangentOf: [0],
      gradientOf: [0, 1],
    },
    {
      name: 'dropout of a tenth',
      attributes: { eps: 1e-5, dropout: 0.1, stream: 1 },
      inputs: [shape(2, 9, 64), shape(2, 9, 2), u32Tensor(2, 4)],
      make: (index) => (index === 2 ? state(61, 64) : null),
      cotangentOf: [0],
      gradientOf: [0, 1],
    },
    {
      name: 'a probe without rows',
      attributes: { eps: 1e-5, dropout: 0.1, stream: 1 },
      inputs: [shape(2, 3, 8), shape(2, 3, 2), u32Tensor(2, 4)],
      make: (index) => (index === 2 ? state(0, 8) : null),
      cotangentOf: [0],
      gradientOf: [1],
    },
  ],
})

testOperator({
  operator: updateHiddenRunning,
  reference: updateHiddenRunningReference,
  cases: [
    {
      name: 'two probes, one without rows',
      attributes: { momentum: 0.1 },
      inputs: [shape(2, 67, 2), shape(2, 67), u32Tensor(2, 4), shape(2, 67, 2)],
      make: (index, random) => (index === 2 ? state(5, 0) : index === 1 ? null : moments(134, random)),
    },
  ],
})

testOperator({
  operator: hiddenInference,
  reference: hiddenInferenceReference,
  cases: [
    {
      name: 'two probes',
      attributes: { eps: 1e-5 },
      inputs: [shape(2, 7, 20), shape(2, 7, 2), shape(2, 7), shape(2, 7, 2)],
      make: (index, random) => (index === 3 ? moments(14, random) : null),
    },
  ],
})
