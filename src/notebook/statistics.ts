/** Small statistics for what is shown: intervals of shares, smoothed curves. */

/**
 * 95 % Wilson score interval of a share observed in n trials (E. B. Wilson, 1927).
 * @returns `[0, 1]` when there were no trials.
 */
export function wilsonInterval(share: number, n: number): readonly [low: number, high: number] {
  if (n <= 0) return [0, 1]
  const z = 1.959964
  const scale = 1 + (z * z) / n
  const middle = (share + (z * z) / (2 * n)) / scale
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n))
  return [Math.max(0, middle - half), Math.min(1, middle + half)]
}

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
