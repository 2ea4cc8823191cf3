import { type Grid, gridSize } from '../schema/mvit'
import { relativeLogits } from './relative-logits'
import { relativeLogitsReference } from './relative-logits.reference'
import { relativeRows } from './relative-rows'
import { type OperatorCase, shape, testOperator } from './testing'
import type { ClsCount } from './token-grid'

interface Sizes {
  readonly batch: number
  readonly heads: number
  readonly width: number
  readonly gridQ: Grid
  readonly gridKv: Grid
  readonly cls: ClsCount
  readonly temporal: boolean
}

const caseOf = (
  name: string,
  { batch, heads, width, temporal, ...attributes }: Sizes,
): OperatorCase<typeof attributes> => {
  const { gridQ, gridKv, cls } = attributes
  const table = (axis: 0 | 1 | 2) => shape(relativeRows(gridQ[axis], gridKv[axis]), width)
  const q = shape(batch, heads, gridSize(gridQ) + cls, width)
  return { name, attributes, inputs: [q, table(1), table(2), ...(temporal ? [table(0)] : [])] }
}

testOperator({
  operator: relativeLogits,
  reference: relativeLogitsReference,
  cases: [
    caseOf('spectrogram, fewer keys than queries', {
      ...{ batch: 2, heads: 1, width: 24, temporal: false },
      ...{ gridQ: [1, 8, 12], gridKv: [1, 2, 3], cls: 0 },
    }),
    caseOf('more keys than queries, by whole and fractional factors', {
      ...{ batch: 2, heads: 3, width: 8, temporal: false },
      ...{ gridQ: [1, 3, 5], gridKv: [1, 6, 9], cls: 0 },
    }),
    caseOf('clip with CLS and time, 4 queries on 7 keys', {
      ...{ batch: 1, heads: 2, width: 6, temporal: true },
      ...{ gridQ: [2, 4, 4], gridKv: [2, 7, 7], cls: 1 },
    }),
    caseOf('fractional factor the other way, odd width', {
      ...{ batch: 2, heads: 1, width: 5, temporal: true },
      ...{ gridQ: [3, 7, 5], gridKv: [2, 4, 3], cls: 1 },
    }),
    caseOf('sizes whose row PyTorch rounds down, 39 queries on 10 keys', {
      ...{ batch: 1, heads: 1, width: 4, temporal: false },
      ...{ gridQ: [1, 39, 2], gridKv: [1, 10, 1], cls: 1 },
    }),
    caseOf('many items in chunks, one cell', {
      ...{ batch: 9, heads: 4, width: 4, temporal: false },
      ...{ gridQ: [1, 1, 1], gridKv: [1, 1, 1], cls: 0 },
    }),
  ],
})
