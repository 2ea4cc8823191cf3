/** Float64 truth of `max-pool-tokens.ts`, with PyTorch's rule that the first maximum in scan order wins. */
import { type TensorType, typeAt } from '../gpu/operator'
import { convLength, gridSize } from '../schema/mvit'
import type { MaxPoolTokensAttributes } from './max-pool-tokens'

export function maxPoolTokensReference(
  [x = new Float64Array()]: readonly Float64Array[],
  types: readonly TensorType[],
  { grid, stride, cls }: MaxPoolTokensAttributes,
): Float64Array[] {
  const [batch = 0, tokens = 0, channels = 0] = typeAt(types, 0, 'maxPoolTokens').shape
  const axes = [0, 1, 2].map((axis) => {
    const size = grid[axis] ?? 0
    const step = stride[axis] ?? 1
    const kernel = step > 1 ? step + 1 : 1
    const padding = Math.floor(kernel / 2)
    // Per output place the input places of its window.
    return Array.from({ length: convLength(size, kernel, step, padding) }, (_, o) =>
      Array.from({ length: kernel }, (_unused, l) => o * step + l - padding).filter((z) => z >= 0 && z < size),
    )
  })
  const [placesT = [], placesH = [], placesW = []] = axes
  const out: number[] = []
  const argmax: number[] = []
  for (let b = 0; b < batch; b++) {
    const windows: number[][] = Array.from({ length: cls }, () => [0])
    for (const ts of placesT)
      for (const hs of placesH)
        for (const ws of placesW)
          windows.push(ts.flatMap((t) => hs.flatMap((h) => ws.map((w) => cls + (t * grid[1] + h) * grid[2] + w))))
    if (tokens !== cls + gridSize(grid)) throw new Error('The tokens are not those of the grid.')
    for (const window of windows)
      for (let c = 0; c < channels; c++) {
        let best = window[0] ?? 0
        const at = (token: number) => x[(b * tokens + token) * channels + c] ?? Number.NaN
        for (const token of window) if (at(token) > at(best)) best = token
        out.push(at(best))
        argmax.push(best)
      }
  }
  return [Float64Array.from(out), Float64Array.from(argmax)]
}
