/**
 * Attention that never has its weights in memory: an online softmax over tiles of keys (after Milakov and Gimelshein 2018 and
 * FlashAttention, Dao et al. 2022), the variant for GPUs. Its gradient computes the weights again from the saved
 * log-sum-exp of every query.
 */
import forward from '../../shaders/attention/forward.wgsl?raw'
import gradientKey from '../../shaders/attention/gradient_key.wgsl?raw'
import gradientQuery from '../../shaders/attention/gradient_query.wgsl?raw'
import {
  type Binding,
  f32,
  f32Tensor,
  type Launch,
  spread,
  type Target,
  type TensorType,
  type Uniform,
} from '../gpu/operator'
import type { GradientInputs } from './attention-matrix'
import { type AttentionAttributes, type AttentionSizes, flopsOf } from './attention-sizes'
import { sumPartsLaunch } from './matmul-launch'

const constantsOf = ({ width, columns }: AttentionSizes) => ({
  BIAS: columns > 0,
  VEC4: true,
  VECTOR: width % 4 === 0,
  CHUNKS: Math.ceil(width / 32),
})

const uniformsOf = (sizes: AttentionSizes, { scale, cls, gridKv }: AttentionAttributes, chunk: number): Uniform[] => [
  ...[sizes.items, sizes.queries, sizes.keys, sizes.width],
  ...[cls, gridKv[1], gridKv[2], sizes.columns],
  ...[sizes.temporal ? 1 : 0, f32(scale), chunk, Math.ceil(sizes.width / 4)],
]

const operands: readonly Binding[] = [{ input: 0 }, { input: 1 }, { input: 2 }]

/** Inputs q, k, v (and P); outputs o and logSumExp. */
export const tilesForward = (sizes: AttentionSizes, attributes: AttentionAttributes, target: Target): Launch[] => [
  {
    source: forward,
    entryPoint: 'attend',
    constants: constantsOf(sizes),
    uniforms: uniformsOf(sizes, attributes, 0),
    bindings: [...operands, { output: 0 }, { output: 1 }, ...(sizes.columns > 0 ? [{ input: 3 }] : [])],
    workgroups: spread(sizes.items * Math.ceil(sizes.queries / 32), target),
    flops: flopsOf(sizes, 2),
  },
]

/**
 * With few keys there are few workgroups by key, so the queries are cut into chunks whose sums are added up in order.
 * A function of shapes alone.
 */
function chunksOf({ items, queries, keys }: AttentionSizes) {
  const workgroups = items * Math.ceil(keys / 32)
  const wanted = Math.min(Math.ceil(512 / workgroups), Math.ceil(queries / 128))
  const chunk = Math.ceil(queries / wanted / 32) * 32
  return { chunk, chunks: Math.ceil(queries / chunk) }
}

/** Where sums over queries are cut, the parts of dK and of dV. Workspace 0 is `row_statistics`' result. */
export function tilesGradientWorkspace(sizes: AttentionSizes): TensorType[] {
  const { chunks } = chunksOf(sizes)
  const part = f32Tensor(chunks, sizes.items, sizes.keys, sizes.width)
  return chunks > 1 ? [part, part] : []
}

/** Workspaces 0 (row statistics, computed before) and those of {@link tilesGradientWorkspace}; outputs dQ, dK, dV, dP. */
export function tilesGradient(
  sizes: AttentionSizes,
  attributes: AttentionAttributes,
  { dO }: GradientInputs,
  target: Target,
): Launch[] {
  const { items, queries, keys, width, columns } = sizes
  const { chunk, chunks } = chunksOf(sizes)
  const given = [...operands, dO, { workspace: 0 }]
  const P = columns > 0 ? [{ input: 3 }] : []
  const sums = chunks > 1 ? [{ workspace: 1 }, { workspace: 2 }] : [{ output: 1 }, { output: 2 }]
  const [x, y] = spread(items * Math.ceil(keys / 32), target)
  const size = items * keys * width
  return [
    {
      source: gradientQuery,
      entryPoint: 'attention_gradient_query',
      constants: constantsOf(sizes),
      uniforms: uniformsOf(sizes, attributes, 0),
      bindings: [...given, { output: 0 }, ...P, ...(columns > 0 ? [{ output: 3 }] : [])],
      workgroups: spread(items * Math.ceil(queries / 32), target),
      flops: flopsOf(sizes, 3),
    },
    {
      source: gradientKey,
      entryPoint: 'attention_gradient_key',
      constants: constantsOf(sizes),
      uniforms: uniformsOf(sizes, attributes, chunk),
      bindings: [...given, ...sums, ...P],
      workgroups: [x, y, chunks],
      flops: flopsOf(sizes, 4),
    },
    ...(chunks > 1 ? [sumPartsLaunch(size, chunks, target, 1, 1), sumPartsLaunch(size, chunks, target, 2, 2)] : []),
  ]
}
