/**
 * What a training run takes, worked out from its settings before anything runs: tokens, parameters, FLOPs of a step, bytes,
 * hours. Multiply-adds count as two; the way back costs twice the way there.
 */
import { type BlockShape, gridSize, type MVitShape, mvitShape } from '../schema/mvit'
import type { Settings } from '../schema/notebook'
import { type HeadConfig, type NetworkConfig, networkConfig } from '../schema/presets'
import { completeSettings } from '../schema/settings'
import { variantOf } from '../schema/variants'
import { networkParameters } from './model-table'

export interface TrainingCost {
  /** Of one clip, CLS included, as they leave the patch convolution. */
  readonly tokens: { readonly video: number; readonly audio: number }
  readonly parameters: number
  /** Clips of a modality in a step: both views, 2 B. */
  readonly clips: number
  readonly flopsPerStep: number
  /** Parameters, gradients and both moments, and the clips of a step; activations come on top. */
  readonly stateBytes: number
  readonly clipBytes: number
  readonly steps: number
}

/** FLOPs of one block for one clip, one way: projections, pooling, attention with relative positions, MLP. */
function blockFlops(block: BlockShape, mlpRatio: number, cls: number): number {
  const { dimIn, dimOut, headDim, numHeads, kernel } = block
  const [tokensIn, queries, keys] = [block.gridIn, block.gridQ, block.gridKv].map((grid) => gridSize(grid) + cls) as [
    number,
    number,
    number,
  ]
  const widening = dimIn === dimOut ? 0 : tokensIn * dimIn * dimOut
  const linears = tokensIn * dimIn * 3 * dimOut + widening + queries * dimOut * dimOut * (1 + 2 * mlpRatio)
  const pooling = gridSize(kernel) * dimOut * (queries + 2 * keys)
  const [times, rows, columns] = block.gridKv
  const attention = numHeads * headDim * queries * (2 * keys + times + rows + columns)
  return 2 * (linears + pooling + attention)
}

/** FLOPs of one network for one clip, one way. */
export function forwardFlops({ config, blocks, tokenGrid, patchKernel, channels }: MVitShape): number {
  const cls = config.clsToken ? 1 : 0
  const patches = 2 * gridSize(tokenGrid) * config.embedDim * channels * gridSize(patchKernel)
  return blocks.reduce((sum, block) => sum + blockFlops(block, config.mlpRatio, cls), patches)
}

/** Beside the weights of each linear layer: a scale and a shift, a bias, or all three. */
const vectorsPerLayer = { batch: 2, none: 1, layer: 3 } as const

function headParameters(widths: readonly number[], norm: HeadConfig['norm']): number {
  let sum = 0
  for (const [index, width] of widths.entries()) {
    const before = widths[index - 1]
    if (before !== undefined) sum += before * width + vectorsPerLayer[norm] * width
  }
  return sum
}

/** The networks that a run trains: those of its model cell, or of the paper's size where it asks for that. */
function trainedNetworks(pretrain: Settings, model: Settings): NetworkConfig {
  const variant = variantOf(pretrain)
  const isPaperSize = variant !== undefined && pretrain.paperSize === true
  return networkConfig(isPaperSize ? completeSettings('model', { preset: variant.backbone }) : model)
}

/**
 * @param pretrain Complete settings of the run, `model` of the model cell above it.
 * @throws when the model's settings fit no network, saying what is wrong.
 */
export function trainingCost(pretrain: Settings, model: Settings): TrainingCost {
  const config = trainedNetworks(pretrain, model)
  const shapes = { video: mvitShape(config.video), audio: mvitShape(config.audio) }
  const clips = 2 * Number(pretrain.batch)
  const { layers, norm } = config.head
  const heads = [shapes.video, shapes.audio].map(({ outputDim }) => headParameters([outputDim, ...layers], norm))
  const networks = [shapes.video, shapes.audio]
  const parameters = [...networks.map(networkParameters), ...heads].reduce((a, b) => a + b, 0)
  // Forward, and twice that back; recomputation goes forward once more.
  const passes = pretrain.recompute === true ? 4 : 3
  const oneWay = networks.reduce((sum, shape) => sum + forwardFlops(shape), 0)
  const inputSize = networks.reduce((sum, shape) => sum + shape.config.input.reduce((a, b) => a * b, 1), 0)
  const tokensOf = ({ tokenGrid, config: { clsToken } }: MVitShape) => gridSize(tokenGrid) + (clsToken ? 1 : 0)
  return {
    tokens: { video: tokensOf(shapes.video), audio: tokensOf(shapes.audio) },
    parameters,
    clips,
    flopsPerStep: passes * clips * oneWay,
    stateBytes: 16 * parameters,
    clipBytes: 4 * clips * inputSize,
    steps: Number(pretrain.steps),
  }
}
