/**
 * Decomposed relative positions: per query and axis the product of the (unscaled) query with the table row of every key
 * place on that axis (spec/pretraining.md section 5, detail 2). Attention adds them up per key.
 */
import forward from '../../shaders/relative-logits/forward.wgsl?raw'
import gradientPairs from '../../shaders/relative-logits/gradient_pairs.wgsl?raw'
import gradientQuery from '../../shaders/relative-logits/gradient_query.wgsl?raw'
import gradientTable from '../../shaders/relative-logits/gradient_table.wgsl?raw'
import { dimension, f32Tensor, type Operator, only, spread, type TensorType, typeAt, type Value } from '../gpu/operator'
import type { Grid } from '../schema/mvit'
import { pairsOfRow, relativeRows, rowOfPair } from './relative-rows'
import { type ClsCount, groupsPerItem, requireTokens } from './token-grid'

export interface RelativeLogitsAttributes {
  readonly gridQ: Grid
  readonly gridKv: Grid
  readonly cls: ClsCount
}

/** Tables come in this order: h, w and, when there is one, t. */
const axisOrder = [1, 2, 0] as const
type AxisOrder = (typeof axisOrder)[number]

interface Axis {
  /** Tokens per step along the axis. */
  readonly inner: number
  readonly queries: number
  readonly keys: number
  /** First column of the axis in the output. */
  readonly offset: number
}

function axisOf({ gridQ, gridKv }: RelativeLogitsAttributes, axis: AxisOrder): Axis {
  const inner = gridQ.slice(axis + 1).reduce((a, b) => a * b, 1)
  const offset = axis === 1 ? 0 : axis === 2 ? gridKv[1] : gridKv[1] + gridKv[2]
  return { inner, queries: gridQ[axis], keys: gridKv[axis], offset }
}

const axisUniforms = ({ inner, queries, keys, offset }: Axis): number[] => [inner, queries, keys, offset]

interface QuerySizes {
  readonly items: number
  readonly queries: number
  readonly width: number
}
const querySizes = (q: TensorType): QuerySizes => ({
  items: dimension(q, 0) * dimension(q, 1),
  queries: dimension(q, 2),
  width: dimension(q, 3),
})

const columnsOf = ({ gridKv }: RelativeLogitsAttributes, tables: number): number =>
  gridKv[1] + gridKv[2] + (tables > 2 ? gridKv[0] : 0)

/**
 * Inputs q [B, H, Nq, D], tables of h and w, and optionally of t, each [2 max(queries, keys) - 1, D].
 * Output [B, H, Nq, kh + kw (+ kt)]; rows of CLS are 0.
 */
export const relativeLogits: Operator<RelativeLogitsAttributes> = {
  name: 'relativeLogits',
  infer(inputs, attributes) {
    const q = typeAt(inputs, 0, 'relativeLogits')
    requireTokens(q, 2, attributes.gridQ, attributes.cls)
    inputs.slice(1).forEach((table, index) => {
      const axis = axisOf(attributes, axisOrder[index] ?? 0)
      const rows = relativeRows(axis.queries, axis.keys)
      if (dimension(table, 0) !== rows || dimension(table, 1) !== dimension(q, 3))
        throw new Error(`table ${index + 1} should be [${rows}, ${dimension(q, 3)}]`)
    })
    return [f32Tensor(...q.shape.slice(0, 3), columnsOf(attributes, inputs.length - 1))]
  },
  launch({ inputs, attributes }) {
    const { items, queries, width } = querySizes(typeAt(inputs, 0, 'relativeLogits'))
    const columns = columnsOf(attributes, inputs.length - 1)
    return inputs.slice(1).map((_, index) => {
      const axis = axisOf(attributes, axisOrder[index] ?? 0)
      return {
        source: forward,
        entryPoint: 'relative_logits',
        constants: { VECTOR: width % 4 === 0 },
        uniforms: [width, queries, attributes.cls, columns, ...axisUniforms(axis)],
        bindings: [{ input: 0 }, { input: index + 1 }, { table: rowOfPair(axis.queries, axis.keys) }, { output: 0 }],
        workgroups: groupsPerItem(queries * Math.ceil(axis.keys / 4), items),
        flops: 2 * items * queries * width * axis.keys,
      }
    })
  },
  gradient(builder, { attributes, inputs, inputValues: [q, ...tables] }, [dOut]) {
    if (!dOut || !q) return inputs.map(() => null)
    const { width } = querySizes(q.type)
    const dQ = builder.apply(relativeLogitsGradientQuery, [dOut, ...tables], { ...attributes, width })
    const dTables = tables.map((table: Value, index) =>
      only(
        builder.apply(relativeLogitsGradientTable, [dOut, q], {
          ...attributes,
          axis: axisOrder[index] ?? 0,
          rows: dimension(table.type, 0),
        }),
      ),
    )
    return [only(dQ), ...dTables]
  },
}

interface GradientQueryAttributes extends RelativeLogitsAttributes {
  readonly width: number
}

/** Inputs dOut and the tables. Output dQ [B, H, Nq, D]. */
const relativeLogitsGradientQuery: Operator<GradientQueryAttributes> = {
  name: 'relativeLogitsGradientQuery',
  infer: (inputs, { width }) => [
    f32Tensor(...typeAt(inputs, 0, 'relativeLogitsGradientQuery').shape.slice(0, 3), width),
  ],
  launch({ inputs, outputs, attributes }) {
    const { items, queries, width } = querySizes(typeAt(outputs, 0, 'relativeLogitsGradientQuery'))
    const columns = dimension(typeAt(inputs, 0, 'relativeLogitsGradientQuery'), 3)
    return inputs.slice(1).map((_, index) => {
      const axis = axisOf(attributes, axisOrder[index] ?? 0)
      const others = (queries - attributes.cls) / axis.queries
      const tiles = axis.queries * Math.ceil(others / 4) + attributes.cls
      return {
        source: gradientQuery,
        entryPoint: 'relative_logits_gradient_query',
        uniforms: [width, queries, attributes.cls, columns, ...axisUniforms(axis), index === 0 ? 1 : 0],
        bindings: [{ input: 0 }, { input: index + 1 }, { table: rowOfPair(axis.queries, axis.keys) }, { output: 0 }],
        workgroups: groupsPerItem(tiles * Math.ceil(width / 4), items),
        flops: 2 * items * queries * width * axis.keys,
      }
    })
  },
}

interface GradientTableAttributes extends RelativeLogitsAttributes {
  readonly axis: AxisOrder
  readonly rows: number
}

/** Items (b, h) are summed in up to 16 chunks, then the chunks in order. A function of shapes alone. */
const chunksOf = (items: number) => {
  const itemsPerChunk = Math.ceil(items / 16)
  return { itemsPerChunk, chunks: Math.ceil(items / itemsPerChunk) }
}

/** Inputs dOut and q. Output the gradient of one table, [rows, D]. */
const relativeLogitsGradientTable: Operator<GradientTableAttributes> = {
  name: 'relativeLogitsGradientTable',
  infer: (inputs, { rows }) => [f32Tensor(rows, querySizes(typeAt(inputs, 1, 'relativeLogitsGradientTable')).width)],
  workspace(inputs, attributes) {
    const { items, width } = querySizes(typeAt(inputs, 1, 'relativeLogitsGradientTable'))
    const { queries, keys } = axisOf(attributes, attributes.axis)
    return [f32Tensor(chunksOf(items).chunks, queries, keys, width)]
  },
  launch({ inputs, attributes }, target) {
    const { items, queries, width } = querySizes(typeAt(inputs, 1, 'relativeLogitsGradientTable'))
    const columns = dimension(typeAt(inputs, 0, 'relativeLogitsGradientTable'), 3)
    const { itemsPerChunk, chunks } = chunksOf(items)
    const axis = axisOf(attributes, attributes.axis)
    const { rows, cls } = attributes
    return [
      {
        source: gradientPairs,
        entryPoint: 'relative_logits_gradient_pairs',
        uniforms: [width, queries, cls, columns, ...axisUniforms(axis), items, itemsPerChunk],
        bindings: [{ input: 0 }, { input: 1 }, { workspace: 0 }],
        workgroups: groupsPerItem(axis.queries * Math.ceil(axis.keys / 4) * Math.ceil(width / 4), chunks),
        flops: 2 * items * queries * width * axis.keys,
      },
      {
        source: gradientTable,
        entryPoint: 'relative_logits_gradient_table',
        uniforms: [width, rows, chunks, axis.queries * axis.keys],
        bindings: [{ workspace: 0 }, { table: pairsOfRow(axis.queries, axis.keys) }, { output: 0 }],
        workgroups: spread(Math.ceil((rows * width) / 64), target),
        flops: chunks * axis.queries * axis.keys * width,
      },
    ]
  },
}
