/**
 * Configuration and shape arithmetic of a multiscale vision transformer (MViT), for video and audio alike.
 * The configuration is the one golden files and exports carry (design section 7); the arithmetic follows
 * `spec/pretraining.md` section 5 and needs no GPU, so the page can show a table of stages before anything runs.
 */

export type Modality = 'video' | 'audio'
/** How tokens become one embedding: norm then token 0; norm then mean of all tokens; mean of all but CLS then norm. */
export const poolings = ['cls', 'norm-mean', 'mean-norm'] as const
export type Pooling = (typeof poolings)[number]
/** `[block, strideT, strideH, strideW]` */
export type StrideEntry = readonly [number, number, number, number]

export interface MVitConfig {
  readonly modality: Modality
  /** `[C, T, H, W]` for video, `[C, H, W]` (mel bands x frames) for audio. */
  readonly input: readonly number[]
  readonly patch: {
    readonly kernel: readonly number[]
    readonly stride: readonly number[]
    readonly padding: readonly number[]
  }
  readonly embedDim: number
  readonly numHeads: number
  readonly depth: number
  readonly mlpRatio: number
  /** `[block, factor]`: the width grows by the factor inside this block's attention. */
  readonly dimMul: readonly (readonly [number, number])[]
  readonly headMul: readonly (readonly [number, number])[]
  readonly poolQStride: readonly StrideEntry[]
  readonly poolKvStride?: readonly StrideEntry[]
  /** Key and value stride of block 0; it shrinks with every query stride, so that keys keep one grid size. */
  readonly poolKvStrideAdaptive?: readonly [number, number, number]
  readonly poolKernel: readonly [number, number, number]
  readonly clsToken: boolean
  readonly relPosTemporal: boolean
  readonly pooling: Pooling
  /** Largest drop-path rate; it rises linearly from 0 over the blocks. Absent means 0. */
  readonly dropPath?: number
}

export type Grid = readonly [t: number, h: number, w: number]

/** Everything fixed about one block before any weight exists. */
export interface BlockShape {
  readonly index: number
  readonly dimIn: number
  readonly dimOut: number
  readonly numHeads: number
  readonly headDim: number
  readonly gridIn: Grid
  readonly gridQ: Grid
  readonly gridKv: Grid
  readonly strideQ: Grid
  readonly strideKv: Grid
  readonly kernel: Grid
  /** Rows of the spatial relative-position tables (both h and w), by floor division. */
  readonly relPosRows: number
  /** Rows of the temporal table; 0 without one. */
  readonly relPosTemporalRows: number
  readonly dropPath: number
}

export interface MVitShape {
  readonly config: MVitConfig
  readonly patchKernel: Grid
  readonly patchStride: Grid
  readonly patchPadding: Grid
  readonly inputGrid: Grid
  readonly channels: number
  readonly tokenGrid: Grid
  readonly blocks: readonly BlockShape[]
  /** Width of the embedding, `dimOut` of the last block. */
  readonly outputDim: number
}

export const gridSize = (grid: Grid): number => grid[0] * grid[1] * grid[2]

/** Output length of a convolution: `floor((size + 2 padding - kernel) / stride) + 1`. */
export const convLength = (size: number, kernel: number, stride: number, padding: number): number =>
  Math.floor((size + 2 * padding - kernel) / stride) + 1

const asGrid = (values: readonly number[], fill: number): Grid => {
  const [a, b, c] = values
  if (values.length === 3 && a !== undefined && b !== undefined && c !== undefined) return [a, b, c]
  if (values.length === 2 && a !== undefined && b !== undefined) return [fill, a, b]
  throw new Error(`Expected 2 or 3 numbers, found [${values.join(', ')}].`)
}

const zip = (a: Grid, b: Grid, f: (x: number, y: number) => number): Grid => [
  f(a[0], b[0]),
  f(a[1], b[1]),
  f(a[2], b[2]),
]

const pooledGrid = (grid: Grid, kernel: Grid, stride: Grid): Grid => [
  convLength(grid[0], kernel[0], stride[0], Math.floor(kernel[0] / 2)),
  convLength(grid[1], kernel[1], stride[1], Math.floor(kernel[1] / 2)),
  convLength(grid[2], kernel[2], stride[2], Math.floor(kernel[2] / 2)),
]

const strideOf = (table: readonly StrideEntry[], block: number, name: string): Grid => {
  const entry = table.find(([index]) => index === block)
  if (!entry) throw new Error(`${name} lists no stride for block ${block}; every block must be listed.`)
  return [entry[1], entry[2], entry[3]]
}

/**
 * Works out every grid, width and head count of a network.
 * @throws if a width does not divide by its heads, a stride is missing, or a grid vanishes; the message names the block.
 */
export function mvitShape(config: MVitConfig): MVitShape {
  const channels = config.input[0]
  if (channels === undefined) throw new Error('The input shape is empty.')
  const inputGrid = asGrid(config.input.slice(1), 1)
  const patchKernel = asGrid(config.patch.kernel, 1)
  const patchStride = asGrid(config.patch.stride, 1)
  const patchPadding = asGrid(config.patch.padding, 0)
  const tokenGrid = [0, 1, 2].map((i) =>
    convLength(inputGrid[i] ?? 0, patchKernel[i] ?? 1, patchStride[i] ?? 1, patchPadding[i] ?? 0),
  ) as unknown as Grid
  // Table sizes follow floor division of the input by the strides; the grids above follow convolution arithmetic.
  let tableGrid = zip(inputGrid, patchStride, (size, stride) => Math.floor(size / stride))
  let grid = tokenGrid
  let dim = config.embedDim
  let heads = config.numHeads
  let adaptive = config.poolKvStrideAdaptive
  const blocks: BlockShape[] = []
  for (let index = 0; index < config.depth; index++) {
    const dimOut = Math.round(dim * (config.dimMul.find(([block]) => block === index)?.[1] ?? 1))
    heads = Math.round(heads * (config.headMul.find(([block]) => block === index)?.[1] ?? 1))
    if (dimOut % heads !== 0) throw new Error(`Block ${index}: width ${dimOut} does not divide by ${heads} heads.`)
    const strideQ = strideOf(config.poolQStride, index, 'poolQStride')
    let strideKv: Grid
    if (adaptive) {
      adaptive = zip(adaptive, strideQ, (kv, q) => Math.max(1, Math.floor(kv / q))) as readonly [number, number, number]
      strideKv = adaptive
    } else if (config.poolKvStride) strideKv = strideOf(config.poolKvStride, index, 'poolKvStride')
    else throw new Error('Either poolKvStride or poolKvStrideAdaptive must be given.')
    const kernel = config.poolKernel
    const gridQ = pooledGrid(grid, kernel, strideQ)
    const gridKv = pooledGrid(grid, kernel, strideKv)
    if (gridSize(gridQ) <= 0 || gridSize(gridKv) <= 0)
      throw new Error(`Block ${index}: no tokens are left of a ${grid.join('x')} grid.`)
    const tableQ = zip(tableGrid, strideQ, (size, stride) => Math.floor(size / stride))
    const tableKv = zip(tableGrid, strideKv, (size, stride) => Math.floor(size / stride))
    blocks.push({
      index,
      dimIn: dim,
      dimOut,
      numHeads: heads,
      headDim: dimOut / heads,
      gridIn: grid,
      gridQ,
      gridKv,
      strideQ,
      strideKv,
      kernel,
      relPosRows: Math.max(tableQ[1], tableKv[1]) + Math.max(tableQ[2], tableKv[2]) - 1,
      relPosTemporalRows: config.relPosTemporal ? 2 * tableGrid[0] - 1 : 0,
      dropPath: config.depth > 1 ? ((config.dropPath ?? 0) * index) / (config.depth - 1) : 0,
    })
    tableGrid = tableQ
    grid = gridQ
    dim = dimOut
  }
  return { config, patchKernel, patchStride, patchPadding, inputGrid, channels, tokenGrid, blocks, outputDim: dim }
}
