/** Float64 truth of `gradient-norm.ts` and `adam-w.ts`, as `torch.optim.AdamW` and `clip_grad_norm_` are written. */
import type { AdamWSettings } from './adam-w'

export function gradientNormReference(ranges: readonly Float64Array[]): Float64Array[] {
  const squares = ranges.reduce((total, gradients) => gradients.reduce((sum, g) => sum + g * g, total), 0)
  const finite = ranges.every((gradients) => gradients.every(Number.isFinite))
  return [Float64Array.of(Math.sqrt(squares), finite ? 0 : 1)]
}

export interface AdamWState {
  readonly parameters: Float64Array
  readonly first: Float64Array
  readonly second: Float64Array
  readonly steps: number
  readonly skipped: number
}

/** One step. `decays(i)` tells whether parameter i is decayed. */
export function adamWReference(
  state: AdamWState,
  gradients: Float64Array,
  decays: (index: number) => boolean,
  { learningRate, beta1, beta2, eps, weightDecay, clipNorm }: AdamWSettings,
): AdamWState {
  const [norm = 0, nonFinite] = gradientNormReference([gradients])[0] ?? []
  if (nonFinite) return { ...state, skipped: state.skipped + 1 }
  const clipping = clipNorm > 0 ? Math.min(1, clipNorm / (norm + 1e-6)) : 1
  const clipped = gradients.map((g) => g * clipping)
  const steps = state.steps + 1
  const first = state.first.map((m, i) => beta1 * m + (1 - beta1) * (clipped[i] ?? Number.NaN))
  const second = state.second.map((v, i) => beta2 * v + (1 - beta2) * (clipped[i] ?? Number.NaN) ** 2)
  const parameters = state.parameters.map((p, i) => {
    const decayed = decays(i) ? p * (1 - learningRate * weightDecay) : p
    const denominator = Math.sqrt(second[i] ?? Number.NaN) / Math.sqrt(1 - beta2 ** steps) + eps
    return decayed - ((learningRate / (1 - beta1 ** steps)) * (first[i] ?? Number.NaN)) / denominator
  })
  return { parameters, first, second, steps, skipped: state.skipped }
}
