/** Round positions for the marks of an axis. */

/** About `wanted` multiples of 1, 2 or 5 times a power of ten from `low` to `high`. */
export function ticks(low: number, high: number, wanted: number): readonly number[] {
  const span = high - low
  if (!(span > 0)) return [low]
  const rough = span / Math.max(1, wanted)
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10)
  const first = Math.ceil(low / step - 1e-9)
  const last = Math.floor(high / step + 1e-9)
  // Multiplying keeps 0.3 from becoming 0.30000000000000004 by many additions.
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)))
}

/** Powers of ten, and 2 and 5 times them where there is room, for a logarithmic axis of positive values. */
export function logTicks(low: number, high: number): readonly number[] {
  const decades = Math.log10(high / low)
  const factors = decades > 3 ? [1] : decades > 1 ? [1, 3] : [1, 2, 3, 5, 7]
  const found: number[] = []
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++)
    for (const factor of factors) {
      const value = Number((factor * 10 ** power).toPrecision(6))
      if (value >= low && value <= high) found.push(value)
    }
  return found
}
