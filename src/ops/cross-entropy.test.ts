import { u32Tensor } from '../gpu/operator'
import { crossEntropy } from './cross-entropy'
import { crossEntropyReference } from './cross-entropy.reference'
import { shape, testOperator } from './testing'

/** Random labels, and weights that hold a quarter of the rows out; fold `empty` sees no row at all. */
const made =
  (folds: number, rows: number, classes: number, empty = -1) =>
  (index: number, random: () => number) => {
    if (index === 1) return Uint32Array.from({ length: rows }, () => Math.floor(random() * classes))
    if (index === 2)
      return Float32Array.from({ length: folds * rows }, (_, i) =>
        Math.floor(i / rows) === empty || random() < 0.25 ? 0 : 0.5 + random(),
      )
    return null
  }

testOperator({
  operator: crossEntropy,
  reference: crossEntropyReference,
  cases: [
    {
      name: 'five folds',
      attributes: null,
      inputs: [shape(5, 203, 11), u32Tensor(203), shape(5, 203)],
      make: made(5, 203, 11),
      gradientOf: [0],
    },
    {
      name: 'many rows',
      attributes: null,
      inputs: [shape(2, 3000, 3), u32Tensor(3000), shape(2, 3000)],
      make: made(2, 3000, 3),
      gradientOf: [0],
    },
    {
      name: 'a fold without rows has loss and gradient 0',
      attributes: null,
      inputs: [shape(2, 6, 4), u32Tensor(6), shape(2, 6)],
      make: made(2, 6, 4, 1),
      gradientOf: [0],
    },
  ],
})
