/** Projection heads by their shapes: this project saves them beside the backbones, the authors do not (section 5). */
import type { HeadConfig } from '../schema/presets'
import { headStride } from './parameters'
import type { Shaped } from './weight-names'

/**
 * What both heads are like, from the one of video; whether the other agrees is for whoever compares all shapes.
 * @returns nothing when there are none.
 */
export function recogniseHeads(heads: ReadonlyMap<string, Shaped>): HeadConfig | undefined {
  if (heads.size === 0) return undefined
  const norm = normOf(heads)
  const layers: number[] = []
  for (;;) {
    const width = heads.get(`head.video.${layers.length * headStride(norm)}.weight`)?.shape[0]
    if (width === undefined) break
    layers.push(width)
  }
  return { layers, activation: 'relu', norm }
}

/** Position 1 of the sequence is the first norm, or a ReLU, which has no tensors; only a batch norm keeps statistics. */
function normOf(heads: ReadonlyMap<string, Shaped>): HeadConfig['norm'] {
  if (heads.has('head.video.1.running_mean')) return 'batch'
  return heads.has('head.video.1.weight') ? 'layer' : 'none'
}
