/**
 * Reads a backbone's sizes off the shapes of its tensors (`spec/pretraining.md` section 5). Widths, heads, depth, patches,
 * CLS token and temporal positions are told outright; the size of the input and how keys are pooled follow from the rows
 * of the relative-position tables, by trying what the authors' code can build and keeping what fits.
 */
import { type Modality, type MVitConfig, mvitShape, type StrideEntry } from '../schema/mvit'
import { melShape } from '../schema/presets'
import type { BackboneTensors, Shaped } from './weight-names'

/** All but what shapes cannot tell. */
export type RecognisedConfig = Omit<MVitConfig, 'pooling' | 'dropPath'>

export interface Recognised {
  readonly config: RecognisedConfig
  /** The tables fit other key strides too, so the one asked for was assumed. */
  readonly keyStrideAssumed: boolean
}

const patches: Readonly<Record<Modality, readonly MVitConfig['patch'][]>> = {
  video: [
    { kernel: [3, 9, 9], stride: [2, 8, 8], padding: [1, 4, 4] },
    { kernel: [3, 7, 7], stride: [2, 4, 4], padding: [1, 3, 3] },
  ],
  audio: [
    { kernel: [7, 9], stride: [4, 8], padding: [3, 4] },
    { kernel: [7, 7], stride: [4, 4], padding: [3, 3] },
  ],
}
const channelsOf: Readonly<Record<Modality, number>> = { video: 3, audio: 1 }
const keyStrides = [8, 4, 2, 1, 16, 32]
const maxDepth = 64
const maxTokensPerSide = 112

/**
 * @param keyStride Stride of the keys of block 0 that is tried first.
 * @throws naming the tensor that is missing or has a shape that no such network has.
 */
export function recogniseBackbone(backbone: BackboneTensors<Shaped>, keyStride: number): Recognised {
  const { modality, prefix, tensors } = backbone
  const shapeOf = (name: string, dimensions: number): readonly number[] => {
    const shape = tensors.get(name)?.shape
    if (!shape) throw new Error(`${prefix}${name} is missing.`)
    if (shape.length !== dimensions || shape.some((length) => length < 1 || length > 1e6))
      throw new Error(`${prefix}${name} is [${shape.join(', ')}]; ${dimensions} dimensions are expected.`)
    return shape
  }
  const { patch, embedDim } = patchOf(modality, prefix, shapeOf)
  const depth = depthOf(tensors)
  const growth = growthOf(prefix, depth, embedDim, shapeOf)
  const [, , ...kernel] = shapeOf('blocks.0.attn.pool_q.weight', 5)
  const [hidden = 0, firstWidth = 1] = shapeOf('blocks.0.mlp.fc1.weight', 2)
  const growing = growth.dimMul.map(([block]) => block)
  const told = {
    modality,
    patch,
    embedDim,
    depth,
    numHeads: growth.numHeads,
    mlpRatio: hidden / firstWidth,
    dimMul: growth.dimMul,
    headMul: growth.headMul,
    // Queries are pooled where the width grows, in every network of the authors.
    poolQStride: Array.from({ length: depth }, (_, block): StrideEntry => {
      const stride = growing.includes(block) ? 2 : 1
      return [block, 1, stride, stride]
    }),
    poolKernel: kernel as unknown as RecognisedConfig['poolKernel'],
    clsToken: tensors.has('cls_token'),
    relPosTemporal: tensors.has('blocks.0.attn.rel_pos_t'),
  }
  const rows = Array.from({ length: depth }, (_, block) => tensors.get(`blocks.${block}.attn.rel_pos_h`)?.shape[0] ?? 0)
  const temporalRows = tensors.get('blocks.0.attn.rel_pos_t')?.shape[0] ?? 0
  let best: { config: RecognisedConfig; misses: number } | undefined
  const fitting = new Set<number>()
  for (const stride of [keyStride, ...keyStrides.filter((other) => other !== keyStride)])
    for (const input of inputsOf(modality, patch, temporalRows)) {
      const config: RecognisedConfig = { ...told, input, poolKvStrideAdaptive: [1, stride, stride] }
      const misses = missesOf(config, rows)
      if (misses === 0) fitting.add(stride)
      if (!best || misses < best.misses) best = { config, misses }
    }
  if (!best) throw new Error(`${prefix}: no size of input fits.`)
  return { config: best.config, keyStrideAssumed: fitting.size > 1 }
}

type ShapeOf = (name: string, dimensions: number) => readonly number[]

function patchOf(modality: Modality, prefix: string, shapeOf: ShapeOf) {
  const name = 'patch_embed.proj.weight'
  const [embedDim = 0, channels, ...kernel] = shapeOf(name, modality === 'video' ? 5 : 4)
  const found = patches[modality].find((patch) => patch.kernel.join() === kernel.join())
  if (!found || channels !== channelsOf[modality]) {
    const known = patches[modality].map((patch) => `[${[embedDim, channelsOf[modality], ...patch.kernel].join(', ')}]`)
    throw new Error(
      `${prefix}${name} is [${[embedDim, channels, ...kernel].join(', ')}]; expected ${known.join(' (patches apart) or ')} (overlapping).`,
    )
  }
  return { patch: found, embedDim }
}

function depthOf(tensors: ReadonlyMap<string, Shaped>): number {
  const blocks = [...tensors.keys()].map((name) => Number(/^blocks\.(\d+)\./.exec(name)?.[1] ?? -1))
  const depth = 1 + blocks.reduce((most, block) => Math.max(most, block), -1)
  if (depth > maxDepth) throw new Error(`It has ${depth} blocks; at most ${maxDepth} are read.`)
  if (depth === 0) throw new Error('It has no blocks: no tensor is called blocks.0.…')
  return depth
}

/** Where width and heads grow: `qkv` is [3 out, in], and every head is as wide as `norm_q`. */
function growthOf(prefix: string, depth: number, embedDim: number, shapeOf: ShapeOf) {
  const dimMul: [number, number][] = []
  const headMul: [number, number][] = []
  let width = embedDim
  let heads = 0
  let numHeads = 0
  for (let block = 0; block < depth; block++) {
    const name = `blocks.${block}.attn.qkv.weight`
    const [triple = 0] = shapeOf(name, 2)
    const [headDim = 1] = shapeOf(`blocks.${block}.attn.norm_q.weight`, 1)
    const out = triple / 3
    const headsHere = out / headDim
    if (!Number.isInteger(headsHere))
      throw new Error(`${prefix}${name} has ${triple} rows, which is not 3 x heads x ${headDim}.`)
    if (block === 0) {
      // The heads of a stem whose first block widens grow with it.
      const stem = (headsHere * embedDim) / out
      numHeads = Number.isInteger(stem) ? stem : headsHere
      heads = numHeads
    }
    if (out !== width) dimMul.push([block, out / width])
    if (headsHere !== heads) headMul.push([block, headsHere / heads])
    width = out
    heads = headsHere
  }
  return { dimMul, headMul, numHeads }
}

/** Inputs whose token grids a network may have been built for: square pictures of any size; sound is always the same. */
function inputsOf(modality: Modality, patch: MVitConfig['patch'], temporalRows: number): readonly number[][] {
  if (modality === 'audio') return [[1, melShape.bands, melShape.frames]]
  const [strideT = 1, strideH = 1] = patch.stride
  const frames = Math.max(1, Math.floor((temporalRows + 1) / 2)) * strideT
  return Array.from({ length: maxTokensPerSide }, (_, index) => {
    const size = (index + 1) * strideH
    return [3, frames, size, size]
  })
}

/** Blocks whose table has another number of rows than the configuration asks for. */
function missesOf(config: RecognisedConfig, rows: readonly number[]): number {
  try {
    return mvitShape({ ...config, pooling: 'mean-norm' }).blocks.filter(
      ({ relPosRows }, block) => relPosRows !== rows[block],
    ).length
  } catch {
    // A grid vanished: no network has this size.
    return rows.length + 1
  }
}
