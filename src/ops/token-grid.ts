/** What the operators on tokens share: grids of tokens with an optional CLS token first, and their launches. */
import { dimension, type Launch, type TensorType } from '../gpu/operator'
import { convLength, type Grid, gridSize } from '../schema/mvit'

/** Tokens before the grid: 1 with a CLS token. */
export type ClsCount = 0 | 1

/** The grid after a kernel with padding floor(kernel / 2). */
export const pooledGrid = (grid: Grid, kernel: Grid, stride: Grid): Grid => [
  convLength(grid[0], kernel[0], stride[0], Math.floor(kernel[0] / 2)),
  convLength(grid[1], kernel[1], stride[1], Math.floor(kernel[1] / 2)),
  convLength(grid[2], kernel[2], stride[2], Math.floor(kernel[2] / 2)),
]

/** @throws when the tokens (dimension `index`) are not those of the grid. */
export function requireTokens(type: TensorType, index: number, grid: Grid, cls: ClsCount): void {
  const tokens = dimension(type, index)
  if (tokens !== gridSize(grid) + cls)
    throw new Error(`${tokens} tokens are not a ${grid.join('x')} grid with ${cls} CLS tokens`)
}

/** Workgroups of 64 for `threads` threads in each of `items` items (y). */
export const groupsPerItem = (threads: number, items: number): Launch['workgroups'] => [
  Math.max(1, Math.ceil(threads / 64)),
  items,
  1,
]
