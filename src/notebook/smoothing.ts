/** Smoothed curves, as TensorBoard shows them. */

/**
 * Exponential moving average corrected for its start, as TensorBoard smooths: weight 0 leaves the values, 0.99 keeps
 * about the last hundred.
 */
export function smoothed(values: readonly number[], weight: number): readonly number[] {
  if (weight <= 0) return values
  let sum = 0
  let total = 0
  return values.map((value) => {
    sum = weight * sum + (1 - weight) * value
    total = weight * total + (1 - weight)
    return sum / total
  })
}
