/** Learning rate over a run: linear warm-up, then half a cosine (`spec/pretraining.md` section 8, after SlowFast). */

export interface Schedule {
  readonly steps: number
  readonly learningRate: number
  readonly minLearningRate: number
  /** Share of the steps spent warming up. */
  readonly warmupShare: number
}

/** Learning rate of step `step`, counted from 0. */
export function learningRateAt(step: number, { steps, learningRate, minLearningRate, warmupShare }: Schedule): number {
  const warmup = Math.round(steps * warmupShare)
  const range = learningRate - minLearningRate
  if (step < warmup) return minLearningRate + (range * step) / warmup
  return minLearningRate + (range * (1 + Math.cos((Math.PI * (step - warmup)) / (steps - warmup)))) / 2
}
