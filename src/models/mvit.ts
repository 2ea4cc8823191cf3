/**
 * The multiscale vision transformer as a graph of operators, for video and audio (`spec/pretraining.md` section 5):
 * input normalisation, patch convolution, blocks with pooled attention and decomposed relative positions, final norm.
 */
import type { Builder, Value } from '../gpu/operator'
import { dimension, only } from '../gpu/operator'
import { add } from '../ops/add'
import { attention } from '../ops/attention'
import { channelStatistics, updateRunningStatistics } from '../ops/channel-statistics'
import { dropPath } from '../ops/drop-path'
import { gelu } from '../ops/gelu'
import { interpolateTable } from '../ops/interpolate-table'
import { layerNorm } from '../ops/layer-norm'
import { linear } from '../ops/matmul'
import { maxPoolTokens } from '../ops/max-pool-tokens'
import { normaliseChannels } from '../ops/normalise-channels'
import { poolHeads } from '../ops/pool-heads'
import { relativeLogits } from '../ops/relative-logits'
import { residualPool } from '../ops/residual-pool'
import { meanTokens, prependToken, takeToken } from '../ops/tokens'
import { unfold } from '../ops/unfold'
import { type BlockShape, type Grid, gridSize, type MVitShape } from '../schema/mvit'

const layerNormEps = 1e-6
const inputNormEps = 1e-5
const inputNormMomentum = 0.1

/** Gives the value of a tensor by its name within the backbone, for instance `blocks.0.attn.qkv.weight`. */
export type TensorLookup = (name: string) => Value

export interface BackboneOptions {
  /** `train` normalises the input with batch statistics, `eval` with the running ones. */
  readonly mode: 'train' | 'eval'
  /** Training on a part of a batch: the statistics of all of it. Otherwise {@link inputStatistics} of the input. */
  readonly statistics?: InputStatistics
  /** Seed, step and number of the first clip (u32[3]) for drop path; needed when a block drops in training. */
  readonly rng?: Value
  /** Keeps random numbers of different backbones apart. */
  readonly stream?: number
}

export interface InputStatistics {
  /** Of each channel, [C]. */
  readonly mean: Value
  readonly variance: Value
}

export interface BackboneValues {
  /** [B, D] */
  readonly embedding: Value
  /** [B, tokens, D0], without CLS. */
  readonly patches: Value
  /** After each block: [B, tokens, D], CLS first. */
  readonly blocks: readonly Value[]
}

/**
 * Records a backbone.
 * @param input [B, C, T, H, W] for video, [B, C, H, W] for audio: pixels / 255, or dB.
 */
export function buildBackbone(
  b: Builder,
  shape: MVitShape,
  input: Value,
  tensor: TensorLookup,
  options: BackboneOptions,
): BackboneValues {
  const { config } = shape
  const patches = patchEmbedding(b, shape, normaliseInput(b, input, tensor, options), tensor)
  let tokens = config.clsToken ? only(b.apply(prependToken, [patches, tensor('cls_token')], null)) : patches
  const blocks = shape.blocks.map((block) => {
    tokens = buildBlock(b, block, tokens, (name) => tensor(`blocks.${block.index}.${name}`), {
      ...options,
      cls: config.clsToken ? 1 : 0,
    })
    return tokens
  })
  return { embedding: poolTokens(b, shape, tokens, tensor), patches, blocks }
}

/** [B, C, ...] as [B, C, numbers per channel]. */
function flatten(b: Builder, clips: Value): Value {
  const [batch = 1, channels = 1, ...rest] = clips.type.shape
  return b.reshape(clips, [batch, channels, rest.reduce((x, y) => x * y, 1)])
}

/**
 * Mean and variance of each channel over a whole batch, which may come in parts [B, C, ...]; moves the running ones.
 * This is all that the input normalisation wants to know of other clips.
 */
export function inputStatistics(b: Builder, parts: readonly Value[], tensor: TensorLookup): InputStatistics {
  const flat = parts.map((clips) => flatten(b, clips))
  const statistics = b.apply(channelStatistics, flat, null)
  const mean = only(statistics)
  const variance = only(statistics, 1)
  const running = [tensor('patch_embed.norm.running_mean'), tensor('patch_embed.norm.running_var')]
  b.apply(updateRunningStatistics, [mean, variance, ...running], {
    momentum: inputNormMomentum,
    count: flat.reduce((sum, { type }) => sum + dimension(type, 0) * dimension(type, 2), 0),
  })
  return { mean, variance }
}

/** A BatchNorm without affine part: the only normalisation of the input (section 3.1). */
function normaliseInput(b: Builder, input: Value, tensor: TensorLookup, options: BackboneOptions): Value {
  const { mean, variance } =
    options.mode === 'eval'
      ? { mean: tensor('patch_embed.norm.running_mean'), variance: tensor('patch_embed.norm.running_var') }
      : (options.statistics ?? inputStatistics(b, [input], tensor))
  return only(b.apply(normaliseChannels, [flatten(b, input), mean, variance], { eps: inputNormEps }))
}

/** The patch convolution as unfolding and a linear layer: [B, C, T*H*W] -> [B, tokens, D]. */
function patchEmbedding(b: Builder, shape: MVitShape, input: Value, tensor: TensorLookup): Value {
  const { channels, inputGrid, patchKernel, patchStride, patchPadding, tokenGrid, config } = shape
  const batch = dimension(input.type, 0)
  const columns = only(
    b.apply(unfold, [b.reshape(input, [batch, channels, ...inputGrid])], {
      kernel: patchKernel,
      stride: patchStride,
      padding: patchPadding,
    }),
  )
  const weight = b.reshape(tensor('patch_embed.proj.weight'), [config.embedDim, dimension(columns.type, 1)])
  const rows = only(b.apply(linear, [columns, weight, tensor('patch_embed.proj.bias')], null))
  return b.reshape(rows, [batch, gridSize(tokenGrid), config.embedDim])
}

type BlockOptions = BackboneOptions & { readonly cls: 0 | 1 }

function buildBlock(b: Builder, block: BlockShape, x: Value, tensor: TensorLookup, options: BlockOptions): Value {
  const norm = (value: Value, name: string) =>
    only(b.apply(layerNorm, [value, tensor(`${name}.weight`), tensor(`${name}.bias`)], { eps: layerNormEps }))
  const project = (value: Value, name: string) =>
    only(b.apply(linear, [value, tensor(`${name}.weight`), tensor(`${name}.bias`)], null))
  const sum = (left: Value, right: Value) => only(b.apply(add, [left, right], null))
  const drop = (value: Value, branch: 0 | 1) => {
    if (options.mode === 'eval' || block.dropPath === 0) return value
    if (!options.rng) throw new Error(`Block ${block.index} drops paths but was given no random state.`)
    const stream = ((options.stream ?? 0) * 256 + block.index) * 2 + branch
    return only(b.apply(dropPath, [value, options.rng], { rate: block.dropPath, stream }))
  }

  const normalised = norm(x, 'norm1')
  const attended = buildAttention(b, block, normalised, tensor, norm, project, options.cls)
  // Where the width grows, the skip path starts from the normalised tokens.
  const skip = block.dimIn === block.dimOut ? x : project(normalised, 'proj')
  const h = sum(poolSkip(b, block, skip, options.cls), drop(attended, 0))
  const hidden = only(b.apply(gelu, [project(norm(h, 'norm2'), 'mlp.fc1')], null))
  return sum(h, drop(project(hidden, 'mlp.fc2'), 1))
}

function poolSkip(b: Builder, { gridIn, strideQ }: BlockShape, x: Value, cls: 0 | 1): Value {
  if (gridSize(strideQ) === 1) return x
  return only(b.apply(maxPoolTokens, [x], { grid: gridIn, stride: strideQ, cls }))
}

function buildAttention(
  b: Builder,
  block: BlockShape,
  x: Value,
  tensor: TensorLookup,
  norm: (value: Value, name: string) => Value,
  project: (value: Value, name: string) => Value,
  cls: 0 | 1,
): Value {
  const { numHeads, headDim, gridIn, gridQ, gridKv, kernel, strideQ, strideKv, relPosTemporalRows } = block
  const pooled = b.apply(
    poolHeads,
    [project(x, 'attn.qkv'), tensor('attn.pool_q.weight'), tensor('attn.pool_k.weight'), tensor('attn.pool_v.weight')],
    { heads: numHeads, grid: gridIn, kernel, strideQ, strideKv, cls },
  )
  const q = norm(only(pooled, 0), 'attn.norm_q')
  const k = norm(only(pooled, 1), 'attn.norm_k')
  const v = norm(only(pooled, 2), 'attn.norm_v')
  const tables = [
    relativeTable(b, tensor('attn.rel_pos_h'), gridQ, gridKv, 1),
    relativeTable(b, tensor('attn.rel_pos_w'), gridQ, gridKv, 2),
    ...(relPosTemporalRows > 0 ? [relativeTable(b, tensor('attn.rel_pos_t'), gridQ, gridKv, 0)] : []),
  ]
  const bias = only(b.apply(relativeLogits, [q, ...tables], { gridQ, gridKv, cls }))
  const attended = b.apply(attention, [q, k, v, bias], { scale: headDim ** -0.5, gridQ, gridKv, cls })
  return project(only(b.apply(residualPool, [only(attended), q], { cls })), 'attn.proj')
}

/** A table of another length than the grid needs is interpolated in every forward pass. */
function relativeTable(b: Builder, table: Value, gridQ: Grid, gridKv: Grid, axis: 0 | 1 | 2): Value {
  const rows = 2 * Math.max(gridQ[axis], gridKv[axis]) - 1
  return dimension(table.type, 0) === rows ? table : only(b.apply(interpolateTable, [table], { rows }))
}

function poolTokens(b: Builder, { config }: MVitShape, tokens: Value, tensor: TensorLookup): Value {
  const norm = (value: Value) =>
    only(b.apply(layerNorm, [value, tensor('norm.weight'), tensor('norm.bias')], { eps: layerNormEps }))
  switch (config.pooling) {
    case 'cls':
      if (!config.clsToken) throw new Error('Pooling "cls" needs a CLS token.')
      return only(b.apply(takeToken, [norm(tokens)], null))
    case 'norm-mean':
      if (config.clsToken) throw new Error('Pooling "norm-mean" is for networks without CLS token.')
      return only(b.apply(meanTokens, [norm(tokens)], { skipFirst: 0 }))
    case 'mean-norm':
      return norm(only(b.apply(meanTokens, [tokens], { skipFirst: config.clsToken ? 1 : 0 })))
  }
}
