import { type Grid, gridSize } from '../schema/mvit'
import { attention, attentionFamily } from './attention'
import { attentionReference } from './attention.reference'
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
  /** Without relative positions: q, k and v alone. */
  readonly plain?: boolean
}

const caseOf = (
  name: string,
  { batch, heads, width, temporal, plain, ...grids }: Sizes,
): OperatorCase<typeof grids & { scale: number }> => {
  const { gridQ, gridKv, cls } = grids
  const [queries, keys] = [gridSize(gridQ) + cls, gridSize(gridKv) + cls]
  const columns = gridKv[1] + gridKv[2] + (temporal ? gridKv[0] : 0)
  const key = shape(batch, heads, keys, width)
  return {
    name,
    attributes: { ...grids, scale: width ** -0.5 },
    inputs: [
      ...[shape(batch, heads, queries, width), key, key],
      ...(plain ? [] : [shape(batch, heads, queries, columns)]),
    ],
    cotangentOf: [0],
  }
}

const large = caseOf('scores far apart', {
  ...{ batch: 1, heads: 1, width: 8, temporal: false },
  ...{ gridQ: [1, 3, 4], gridKv: [1, 4, 5], cls: 0 },
})

testOperator({
  operator: attention,
  reference: attentionReference,
  families: [attentionFamily],
  cases: [
    caseOf('spectrogram, fewer keys than queries, summed in chunks', {
      ...{ batch: 2, heads: 1, width: 24, temporal: false },
      ...{ gridQ: [1, 9, 14], gridKv: [1, 3, 4], cls: 0 },
    }),
    caseOf('clip with CLS and time', {
      ...{ batch: 2, heads: 2, width: 8, temporal: true },
      ...{ gridQ: [2, 4, 4], gridKv: [2, 2, 3], cls: 1 },
    }),
    caseOf('clip with CLS but no table of time, width 6', {
      ...{ batch: 1, heads: 3, width: 6, temporal: false },
      ...{ gridQ: [3, 2, 2], gridKv: [3, 3, 1], cls: 1 },
    }),
    caseOf('more keys than queries, odd width', {
      ...{ batch: 3, heads: 1, width: 5, temporal: true },
      ...{ gridQ: [1, 2, 1], gridKv: [2, 3, 5], cls: 0 },
    }),
    caseOf('heads of the paper’s width', {
      ...{ batch: 1, heads: 2, width: 96, temporal: false },
      ...{ gridQ: [1, 3, 5], gridKv: [1, 3, 3], cls: 0 },
    }),
    caseOf('without relative positions and CLS', {
      ...{ batch: 2, heads: 1, width: 32, temporal: false, plain: true },
      ...{ gridQ: [1, 7, 6], gridKv: [1, 7, 6], cls: 0 },
    }),
    caseOf('more than one tile of queries, keys and channels', {
      ...{ batch: 1, heads: 2, width: 40, temporal: true },
      ...{ gridQ: [1, 7, 5], gridKv: [3, 4, 3], cls: 1 },
    }),
    {
      ...caseOf('one query and one key, where only v has a gradient', {
        ...{ batch: 1, heads: 1, width: 7, temporal: false },
        ...{ gridQ: [1, 1, 1], gridKv: [1, 1, 1], cls: 0 },
      }),
      gradientOf: [2],
    },
    {
      ...large,
      make: (index, random) =>
        index < 2 ? Float32Array.from({ length: index === 0 ? 96 : 160 }, () => 20 * (random() - 0.5)) : null,
    },
  ],
})
