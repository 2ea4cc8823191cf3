/** Which frames of a window the network sees (spec/pretraining.md section 3.1): to 25 per second, then evenly spread. */

const frameRate = 25

/**
 * Indices of `n` frames at `fps` resampled to 25 per second: `floor(linspace(0, n - 1, ceil(n / fps * 25)))`, in float64
 * in this order of operations, with whatever that rounds.
 */
export function resampleTo25(n: number, fps: number): number[] {
  const count = Math.ceil((n / fps) * frameRate)
  const step = count > 1 ? (n - 1) / (count - 1) : 0
  return Array.from({ length: count }, (_, index) =>
    index > 0 && index === count - 1 ? n - 1 : Math.floor(index * step),
  )
}

/** `count` of `n` frames, first and last included: `floor(i * (n - 1) / (count - 1))`. */
export const uniformIndices = (n: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => (count > 1 ? Math.floor((index * (n - 1)) / (count - 1)) : 0))
