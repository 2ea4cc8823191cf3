/** Uncertainty of a share counted in a few segments. */

/** Standard normal quantile at 0.975. */
const z = 1.959963984540054

/**
 * 95 % interval of a proportion (Wilson, JASA 1927): honest for few trials and near 0 and 1.
 * @param share observed proportion; @param n trials. No trials tell nothing: [0, 1].
 */
export function wilsonInterval(share: number, n: number): readonly [low: number, high: number] {
  if (n === 0) return [0, 1]
  const centre = share + (z * z) / (2 * n)
  const half = z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n))
  const scale = 1 + (z * z) / n
  return [Math.max(0, (centre - half) / scale), Math.min(1, (centre + half) / scale)]
}
