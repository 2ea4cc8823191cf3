/** The error function in float64: its power series near 0, the continued fraction of erfc further out. */

/** erf(x), to about 1e-15. */
export function erf(x: number): number {
  const z = Math.abs(x)
  if (z < 2.5) {
    let term = x
    let sum = x
    for (let n = 1; n < 80; n++) {
      term *= -(x * x) / n
      sum += term / (2 * n + 1)
    }
    return (2 / Math.sqrt(Math.PI)) * sum
  }
  let fraction = z
  for (let n = 60; n >= 1; n--) fraction = z + n / 2 / fraction
  return Math.sign(x) * (1 - Math.exp(-z * z) / (Math.sqrt(Math.PI) * fraction))
}
