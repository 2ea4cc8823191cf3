/** Steps that were skipped because something in them was not finite: one is bad luck, ten in a row are a broken run. */
import type { LossPoint } from '../api'

const longestStreak = 10

/**
 * To be asked after every step.
 * @param losses All steps so far, the newest last.
 * @param checkpointStep Step of the last checkpoint, 0 without one.
 * @throws after ten skipped steps in a row, with the likely cause and what is kept.
 */
export function requireProgress(losses: readonly LossPoint[], checkpointStep: number): void {
  const last = losses.slice(-longestStreak)
  if (last.length < longestStreak || last.some(({ skipped }) => !skipped)) return
  const first = losses.length - longestStreak
  const cause = Number.isFinite(last[0]?.total)
    ? first === 0
      ? 'the loss is finite, a gradient never was: the weights that the run starts from are probably too large, or the temperature is too low'
      : 'the loss is finite, a gradient is not: the learning rate is probably too high or the temperature too low'
    : first === 0
      ? 'the loss was never finite: the weights that the run starts from, or the clips, are probably not finite'
      : 'the loss is not finite: the weights have probably grown without bound, so lower the learning rate or clip gradients'
  const kept =
    checkpointStep > 0 ? `The checkpoint of step ${checkpointStep} is kept.` : 'No checkpoint was written yet.'
  throw new Error(`Ten steps in a row, from step ${first} on, were skipped: ${cause}. ${kept}`)
}
