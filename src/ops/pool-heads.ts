/**
 * Pooling attention's projections: q, k and v of every head go through a bias-free depthwise 3-D convolution over the
 * token grid whose weight all heads share; CLS passes by (spec/pretraining.md section 5, detail 3).
 */

import forward from '../../shaders/pool-heads/forward.wgsl?raw'
import gradientInput from '../../shaders/pool-heads/gradient_input.wgsl?raw'
import gradientWeight from '../../shaders/pool-heads/gradient_weight.wgsl?raw'
import {
  dimension,
  f32Tensor,
  type Launch,
  type Operator,
  only,
  type TensorType,
  typeAt,
  type Value,
} from '../gpu/operator'
import { type Grid, gridSize } from '../schema/mvit'
import { sumPartsLaunch } from './matmul-launch'
import { type ClsCount, groupsPerItem, pooledGrid, requireTokens } from './token-grid'

export interface PoolHeadsAttributes {
  readonly heads: number
  readonly grid: Grid
  readonly kernel: Grid
  readonly strideQ: Grid
  readonly strideKv: Grid
  readonly cls: ClsCount
}

/** Thirds of qkv: 0 = q, 1 = k, 2 = v. */
const thirds = [0, 1, 2] as const
type Third = (typeof thirds)[number]

const strideOf = ({ strideQ, strideKv }: PoolHeadsAttributes, third: Third): Grid => (third === 0 ? strideQ : strideKv)
const gridOf = (attributes: PoolHeadsAttributes, third: Third): Grid =>
  pooledGrid(attributes.grid, attributes.kernel, strideOf(attributes, third))

interface QkvSizes {
  readonly batch: number
  readonly tokens: number
  readonly width: number
}
function qkvSizes(qkv: TensorType, heads: number): QkvSizes {
  const width = dimension(qkv, 2) / (3 * heads)
  if (qkv.shape.length !== 3 || !Number.isInteger(width))
    throw new Error(`expects qkv as [B, N, 3 H D] with ${heads} heads`)
  return { batch: dimension(qkv, 0), tokens: dimension(qkv, 1), width }
}

/** The uniforms that all three kernels begin with. */
function uniformsOf({ tokens, width }: QkvSizes, attributes: PoolHeadsAttributes, third: Third): number[] {
  const { heads, grid, kernel, cls } = attributes
  const out = gridOf(attributes, third)
  const stride = strideOf(attributes, third)
  return [tokens, gridSize(out) + cls, heads, width, third, cls, ...grid, ...out, ...kernel, ...stride]
}

const isNear = (attributes: PoolHeadsAttributes, third: Third): boolean =>
  attributes.kernel[2] === 3 && strideOf(attributes, third)[2] === 1
const rowsOf = (grid: Grid): number => grid[0] * grid[1]

/**
 * Inputs qkv [B, N, 3 H D] (order 3, H, D) and the weights of q, k and v, each [D, 1, kt, kh, kw].
 * Outputs q [B, H, Nq, D], k and v [B, H, Nk, D]. Padding is floor(kernel / 2).
 */
export const poolHeads: Operator<PoolHeadsAttributes> = {
  name: 'poolHeads',
  infer(inputs, attributes) {
    const { heads, grid, kernel, cls } = attributes
    const qkv = typeAt(inputs, 0, 'poolHeads')
    requireTokens(qkv, 1, grid, cls)
    const { batch, width } = qkvSizes(qkv, heads)
    return thirds.map((third) => {
      const weight = typeAt(inputs, third + 1, 'poolHeads').shape
      if (weight.join() !== [width, 1, ...kernel].join())
        throw new Error(`expects weights [${[width, 1, ...kernel].join(', ')}]`)
      return f32Tensor(batch, heads, gridSize(gridOf(attributes, third)) + cls, width)
    })
  },
  launch({ inputs, attributes }) {
    const sizes = qkvSizes(typeAt(inputs, 0, 'poolHeads'), attributes.heads)
    return thirds.map((third) => ({
      source: forward,
      entryPoint: 'pool_heads',
      constants: { NEAR: isNear(attributes, third) },
      uniforms: uniformsOf(sizes, attributes, third),
      bindings: [{ input: 0 }, { input: third + 1 }, { output: third }],
      workgroups: groupsPerItem(
        (rowsOf(gridOf(attributes, third)) + attributes.cls) * sizes.width,
        sizes.batch * attributes.heads,
      ),
      flops: convolutionFlops(sizes, attributes, third),
    }))
  },
  gradient(builder, { attributes, inputs, inputValues: [qkv, ...weights] }, dOut) {
    const { width } = qkvSizes(typeAt(inputs, 0, 'poolHeads'), attributes.heads)
    const present = thirds.map((third) => dOut[third] !== null && dOut[third] !== undefined)
    const given = dOut.filter((value): value is Value => value !== null)
    if (!qkv || given.length === 0) return [null, null, null, null]
    const dQkv = builder.apply(poolHeadsGradientInput, [...weights, ...given], { ...attributes, width, present })
    const dWeights = thirds.map((third) => {
      const cotangent = dOut[third]
      return cotangent ? only(builder.apply(poolHeadsGradientWeight, [qkv, cotangent], { ...attributes, third })) : null
    })
    return [only(dQkv), ...dWeights]
  },
}

const convolutionFlops = ({ batch, width }: QkvSizes, attributes: PoolHeadsAttributes, third: Third): number =>
  2 * batch * attributes.heads * width * gridSize(gridOf(attributes, third)) * gridSize(attributes.kernel)

interface GradientInputAttributes extends PoolHeadsAttributes {
  readonly width: number
  /** Which of q, k and v have a cotangent; the inputs hold only those. */
  readonly present: readonly boolean[]
}

/** Inputs the three weights, then the cotangents there are. Output dQkv [B, N, 3 H D], each third by its own dispatch. */
const poolHeadsGradientInput: Operator<GradientInputAttributes> = {
  name: 'poolHeadsGradientInput',
  infer(inputs, { heads, grid, cls, width }) {
    const batch = dimension(typeAt(inputs, 3, 'poolHeadsGradientInput'), 0)
    return [f32Tensor(batch, gridSize(grid) + cls, 3 * heads * width)]
  },
  launch({ outputs, attributes }) {
    const sizes = qkvSizes(typeAt(outputs, 0, 'poolHeadsGradientInput'), attributes.heads)
    let next = 3
    return thirds.map((third): Launch => {
      const present = attributes.present[third] ?? false
      return {
        source: gradientInput,
        entryPoint: 'pool_heads_gradient_input',
        constants: { NEAR: isNear(attributes, third) },
        uniforms: [...uniformsOf(sizes, attributes, third), present ? 1 : 0],
        // A missing cotangent is not read; another weight stands in for it (no range may be bound twice).
        bindings: [{ input: present ? next++ : (third + 1) % 3 }, { input: third }, { output: 0 }],
        workgroups: groupsPerItem(
          (rowsOf(attributes.grid) + attributes.cls) * sizes.width,
          sizes.batch * attributes.heads,
        ),
        flops: convolutionFlops(sizes, attributes, third),
      }
    })
  },
}

interface GradientWeightAttributes extends PoolHeadsAttributes {
  readonly third: Third
}

/** Output rows (b, h, ot, oh) are summed in up to 64 chunks, then the chunks in order. */
function chunksOf(qkv: TensorType, attributes: GradientWeightAttributes) {
  const [outT, outH] = gridOf(attributes, attributes.third)
  const rows = dimension(qkv, 0) * attributes.heads * outT * outH
  const rowsPerChunk = Math.ceil(rows / 64)
  return { rows, rowsPerChunk, chunks: Math.ceil(rows / rowsPerChunk) }
}

/** Inputs qkv and the cotangent of one of q, k, v. Output the gradient of its weight, [D, 1, kt, kh, kw]. */
const poolHeadsGradientWeight: Operator<GradientWeightAttributes> = {
  name: 'poolHeadsGradientWeight',
  infer: (inputs, { kernel }) => [f32Tensor(dimension(typeAt(inputs, 1, 'poolHeadsGradientWeight'), 3), 1, ...kernel)],
  workspace(inputs, attributes) {
    const { chunks } = chunksOf(typeAt(inputs, 0, 'poolHeadsGradientWeight'), attributes)
    const width = dimension(typeAt(inputs, 1, 'poolHeadsGradientWeight'), 3)
    return [f32Tensor(chunks, width, gridSize(attributes.kernel))]
  },
  launch({ inputs, attributes }, target) {
    const qkv = typeAt(inputs, 0, 'poolHeadsGradientWeight')
    const sizes = qkvSizes(qkv, attributes.heads)
    const { rows, rowsPerChunk, chunks } = chunksOf(qkv, attributes)
    const size = sizes.width * gridSize(attributes.kernel)
    return [
      {
        source: gradientWeight,
        entryPoint: 'pool_heads_gradient_weight',
        uniforms: [...uniformsOf(sizes, attributes, attributes.third), rows, rowsPerChunk],
        bindings: [{ input: 0 }, { input: 1 }, { workspace: 0 }],
        workgroups: groupsPerItem(
          attributes.kernel[0] * attributes.kernel[1] * Math.ceil(attributes.kernel[2] / 3) * sizes.width,
          chunks,
        ),
        flops: convolutionFlops(sizes, attributes, attributes.third),
      },
      sumPartsLaunch(size, chunks, target),
    ]
  },
}
