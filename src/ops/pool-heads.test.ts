import { type Grid, gridSize } from '../schema/mvit'
import { poolHeads } from './pool-heads'
import { poolHeadsReference } from './pool-heads.reference'
import { type OperatorCase, shape, testOperator } from './testing'
import type { ClsCount } from './token-grid'

interface Sizes {
  readonly batch: number
  readonly heads: number
  readonly width: number
  readonly grid: Grid
  readonly kernel: Grid
  readonly strideQ: Grid
  readonly strideKv: Grid
  readonly cls: ClsCount
}

const caseOf = (name: string, { batch, width, ...attributes }: Sizes): OperatorCase<typeof attributes> => {
  const weight = shape(width, 1, ...attributes.kernel)
  const qkv = shape(batch, gridSize(attributes.grid) + attributes.cls, 3 * attributes.heads * width)
  return { name, attributes, inputs: [qkv, weight, weight, weight] }
}

const clip = caseOf('clip with CLS, pooled queries', {
  batch: 2,
  heads: 2,
  width: 6,
  grid: [3, 6, 5],
  kernel: [3, 3, 3],
  strideQ: [1, 2, 2],
  strideKv: [1, 4, 4],
  cls: 1,
})

testOperator({
  operator: poolHeads,
  reference: poolHeadsReference,
  cases: [
    clip,
    { ...clip, name: 'cotangent of q alone', gradientOf: [0, 1], cotangentOf: [0] },
    { ...clip, name: 'cotangents of k and v alone', gradientOf: [0, 2, 3], cotangentOf: [1, 2] },
    caseOf('spectrogram without CLS, strides 1 and 4', {
      batch: 3,
      heads: 1,
      width: 24,
      grid: [1, 9, 14],
      kernel: [1, 3, 3],
      strideQ: [1, 1, 1],
      strideKv: [1, 4, 4],
      cls: 0,
    }),
    caseOf('even and uneven kernels, strides beyond the kernel', {
      batch: 1,
      heads: 3,
      width: 5,
      grid: [4, 7, 11],
      kernel: [1, 2, 5],
      strideQ: [2, 3, 1],
      strideKv: [1, 2, 7],
      cls: 1,
    }),
    caseOf('one token', {
      batch: 2,
      heads: 2,
      width: 4,
      grid: [1, 1, 1],
      kernel: [3, 3, 3],
      strideQ: [1, 1, 1],
      strideKv: [1, 8, 8],
      cls: 0,
    }),
  ],
})
