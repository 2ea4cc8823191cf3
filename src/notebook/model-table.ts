/**
 * The table of stages of a network: grids, widths, heads, tokens and parameters, counted from layer shapes
 * (`spec/pretraining.md` section 5) before anything runs.
 */
import { type BlockShape, type Grid, gridSize, type MVitShape } from '../schema/mvit'

export interface StageRow {
  /** `patches`, `block 3`, `blocks 1–2` or `norm`. */
  readonly name: string
  /** Token grid that leaves the stage. */
  readonly grid: Grid
  /** Tokens that leave it, CLS included. */
  readonly tokens: number
  readonly width: number
  readonly heads: number
  readonly parameters: number
}

/** Weights and biases of one block: norms, attention with its pooling and relative positions, MLP, widening. */
function blockParameters(block: BlockShape, mlpRatio: number): number {
  const { dimIn, dimOut, headDim, kernel } = block
  const hidden = Math.trunc(dimOut * mlpRatio)
  const qkv = dimIn * 3 * dimOut + 3 * dimOut
  const pooling = 3 * (gridSize(kernel) * headDim + 2 * headDim)
  const relativePositions = (2 * block.relPosRows + block.relPosTemporalRows) * headDim
  const projection = dimOut * dimOut + dimOut
  const mlp = dimOut * hidden + hidden + hidden * dimOut + dimOut
  const widening = dimIn === dimOut ? 0 : dimIn * dimOut + dimOut
  return 2 * dimIn + qkv + pooling + relativePositions + projection + 2 * dimOut + mlp + widening
}

/** Rows of the table; consecutive blocks of one grid and width share a row. The parameters of all rows are the network's. */
export function stageRows(shape: MVitShape): readonly StageRow[] {
  const { config, blocks, tokenGrid, patchKernel, channels, outputDim } = shape
  const cls = config.clsToken ? 1 : 0
  const last = blocks.at(-1)
  const rows: StageRow[] = [
    {
      name: 'patches',
      grid: tokenGrid,
      tokens: gridSize(tokenGrid) + cls,
      width: config.embedDim,
      heads: config.numHeads,
      parameters: config.embedDim * (channels * gridSize(patchKernel) + 1 + cls),
    },
  ]
  let from = 0
  for (const [index, block] of blocks.entries()) {
    const next = blocks[index + 1]
    if (next && next.dimOut === block.dimOut && gridSize(next.gridQ) === gridSize(block.gridQ)) continue
    const stage = blocks.slice(from, index + 1)
    rows.push({
      name: stage.length === 1 ? `block ${index}` : `blocks ${from}–${index}`,
      grid: block.gridQ,
      tokens: gridSize(block.gridQ) + cls,
      width: block.dimOut,
      heads: block.numHeads,
      parameters: stage.reduce((sum, one) => sum + blockParameters(one, config.mlpRatio), 0),
    })
    from = index + 1
  }
  rows.push({
    name: 'norm',
    grid: last?.gridQ ?? tokenGrid,
    tokens: 1,
    width: outputDim,
    heads: last?.numHeads ?? config.numHeads,
    parameters: 2 * outputDim,
  })
  return rows
}

/** All weights and biases of a network. */
export const networkParameters = (shape: MVitShape): number =>
  stageRows(shape).reduce((sum, { parameters }) => sum + parameters, 0)
