/**
 * Attention with decomposed relative positions: softmax(scale q k' + bias) v, never materialising the attention matrix
 * (online softmax, after Milakov and Gimelshein 2018 and FlashAttention, Dao et al. 2022). The gradient computes the
 * weights again from the saved log-sum-exp of every query.
 */
import forward from '../../shaders/attention/forward.wgsl?raw'
import gradientKey from '../../shaders/attention/gradient_key.wgsl?raw'
import gradientQuery from '../../shaders/attention/gradient_query.wgsl?raw'
import rowStatistics from '../../shaders/attention/row_statistics.wgsl?raw'
import {
  type Binding,
  dimension,
  f32,
  f32Tensor,
  type Launch,
  type Operator,
  only,
  spread,
  type Target,
  type TensorType,
  typeAt,
  type Uniform,
} from '../gpu/operator'
import type { Grid } from '../schema/mvit'
import { sumPartsLaunch } from './matmul-launch'
import { type ClsCount, requireTokens } from './token-grid'

export interface AttentionAttributes {
  readonly scale: number
  readonly cls: ClsCount
  readonly gridQ: Grid
  readonly gridKv: Grid
}

interface AttentionSizes {
  readonly items: number
  readonly queries: number
  readonly keys: number
  readonly width: number
  /** Columns of P. */
  readonly columns: number
  /** Whether P has columns for t. */
  readonly temporal: boolean
}

function sizesOf(inputs: readonly TensorType[], { gridKv }: AttentionAttributes): AttentionSizes {
  const q = typeAt(inputs, 0, 'attention')
  const columns = dimension(typeAt(inputs, 3, 'attention'), 3)
  return {
    items: dimension(q, 0) * dimension(q, 1),
    queries: dimension(q, 2),
    keys: dimension(typeAt(inputs, 1, 'attention'), 2),
    width: dimension(q, 3),
    columns,
    temporal: columns > gridKv[1] + gridKv[2],
  }
}

function requireFit(inputs: readonly TensorType[], { gridQ, gridKv, cls }: AttentionAttributes): void {
  const [q, k, v, P] = [0, 1, 2, 3].map((index) => typeAt(inputs, index, 'attention'))
  if (!q || !k || !v || !P) throw new Error('expects q, k, v and P')
  requireTokens(q, 2, gridQ, cls)
  requireTokens(k, 2, gridKv, cls)
  if (k.shape.join() !== [dimension(q, 0), dimension(q, 1), dimension(k, 2), dimension(q, 3)].join())
    throw new Error('k does not go with q')
  if (k.shape.join() !== v.shape.join()) throw new Error('k and v differ in shape')
  const columns = gridKv[1] + gridKv[2]
  if (
    P.shape.slice(0, 3).join() !== q.shape.slice(0, 3).join() ||
    ![columns, columns + gridKv[0]].includes(dimension(P, 3))
  )
    throw new Error(`P should be [B, H, Nq, ${columns} or ${columns + gridKv[0]}]`)
}

const constantsOf = ({ width }: AttentionSizes) => ({
  VEC4: true,
  VECTOR: width % 4 === 0,
  BLOCKS: Math.ceil(width / 4),
})

const uniformsOf = (sizes: AttentionSizes, { scale, cls, gridKv }: AttentionAttributes): Uniform[] => [
  ...[sizes.items, sizes.queries, sizes.keys, sizes.width],
  ...[cls, gridKv[1], gridKv[2], sizes.columns],
  ...[sizes.temporal ? 1 : 0, f32(scale)],
]

const flopsOf = ({ items, queries, keys, width }: AttentionSizes, products: number): number =>
  2 * products * items * queries * keys * width

const groupsOfTiles = ({ items }: AttentionSizes, rows: number, target: Target) =>
  spread(Math.ceil((items * Math.ceil(rows / 4)) / 64), target)

/**
 * Inputs q [B, H, Nq, D], k and v [B, H, Nk, D], P [B, H, Nq, kh + kw (+ kt)] of `relative-logits.ts`.
 * Outputs o [B, H, Nq, D] and the log-sum-exp of the scores [B, H, Nq], which is for the gradient and has none itself.
 * The bias of a query and a key is the sum of the key's columns of P; 0 when either is CLS.
 */
export const attention: Operator<AttentionAttributes> = {
  name: 'attention',
  infer(inputs, attributes) {
    requireFit(inputs, attributes)
    const q = typeAt(inputs, 0, 'attention')
    return [q, f32Tensor(...q.shape.slice(0, 3))]
  },
  launch({ inputs, attributes }, target) {
    const sizes = sizesOf(inputs, attributes)
    return [
      {
        source: forward,
        entryPoint: 'attend',
        constants: constantsOf(sizes),
        uniforms: [...uniformsOf(sizes, attributes), 0],
        bindings: [{ input: 0 }, { input: 1 }, { input: 2 }, { input: 3 }, { output: 0 }, { output: 1 }],
        workgroups: groupsOfTiles(sizes, sizes.queries, target),
        flops: flopsOf(sizes, 2),
      },
    ]
  },
  gradient(builder, { attributes, inputValues, outputValues }, [dO]) {
    if (!dO) return inputValues.map(() => null)
    const [o, logSumExp] = [only(outputValues), only(outputValues, 1)]
    return builder.apply(attentionGradient, [...inputValues, o, logSumExp, dO], attributes)
  },
}

/**
 * With few keys there are few threads by key, so the queries are cut into chunks whose sums are added up in order.
 * A function of shapes alone.
 */
function chunksOf({ items, queries, keys }: AttentionSizes) {
  const threads = items * Math.ceil(keys / 4)
  const wanted = Math.min(Math.ceil(2048 / threads), Math.ceil(queries / 32))
  const queriesPerChunk = Math.ceil(queries / wanted / 4) * 4
  return { queriesPerChunk, chunks: Math.ceil(queries / queriesPerChunk) }
}

/** Inputs q, k, v, P, o, logSumExp, dO. Outputs dQ, dK, dV, dP. */
const attentionGradient: Operator<AttentionAttributes> = {
  name: 'attentionGradient',
  infer: (inputs) => inputs.slice(0, 4),
  workspace(inputs, attributes) {
    const sizes = sizesOf(inputs, attributes)
    const { chunks } = chunksOf(sizes)
    const part = f32Tensor(chunks, sizes.items, sizes.keys, sizes.width)
    return [f32Tensor(sizes.items, sizes.queries, 2), ...(chunks > 1 ? [part, part] : [])]
  },
  launch({ inputs, attributes }, target) {
    const sizes = sizesOf(inputs, attributes)
    const { items, queries, keys, width } = sizes
    const { queriesPerChunk, chunks } = chunksOf(sizes)
    const [dK, dV]: Binding[] = chunks > 1 ? [{ workspace: 1 }, { workspace: 2 }] : [{ output: 1 }, { output: 2 }]
    if (!dK || !dV) throw new Error('attentionGradient: no place for dK and dV')
    const given: Binding[] = [{ input: 0 }, { input: 1 }, { input: 2 }, { input: 3 }, { input: 6 }, { workspace: 0 }]
    const [groupsX, groupsY] = groupsOfTiles(sizes, keys, target)
    const sum = (workspace: number, output: number): Launch =>
      sumPartsLaunch(items * keys * width, chunks, target, workspace, output)
    return [
      {
        source: rowStatistics,
        entryPoint: 'row_statistics',
        uniforms: [items * queries, width],
        bindings: [{ input: 6 }, { input: 4 }, { input: 5 }, { workspace: 0 }],
        workgroups: spread(Math.ceil((items * queries) / 64), target),
        flops: 2 * items * queries * width,
      },
      {
        source: gradientQuery,
        entryPoint: 'attention_gradient_query',
        constants: constantsOf(sizes),
        uniforms: [...uniformsOf(sizes, attributes), 0],
        bindings: [...given, { output: 0 }, { output: 3 }],
        workgroups: groupsOfTiles(sizes, queries, target),
        flops: flopsOf(sizes, 3),
      },
      {
        source: gradientKey,
        entryPoint: 'attention_gradient_key',
        constants: constantsOf(sizes),
        uniforms: [...uniformsOf(sizes, attributes), queriesPerChunk],
        bindings: [...given, dK, dV],
        workgroups: [groupsX, groupsY, chunks],
        flops: flopsOf(sizes, 4),
      },
      ...(chunks > 1 ? [sum(1, 1), sum(2, 2)] : []),
    ]
  },
}
