/** Float64 reference of resampling: torchaudio's strided correlation over all taps, its window evaluated at each. */
import type { ResampleAttributes } from './resample'
import type { Reference } from './testing'

const at = (array: ArrayLike<number> | undefined, index: number): number => array?.[index] ?? Number.NaN

/** One signal from rate `original` to `target`, both over their common divisor; ceil(target * length / original) long. */
export function resampleSignal(x: Float64Array, original: number, target: number): Float64Array {
  if (original === target) return x
  const base = 0.99 * Math.min(original, target)
  const width = Math.ceil((6 * original) / base)
  return Float64Array.from({ length: Math.ceil((target * x.length) / original) }, (_, position) => {
    const phase = position % target
    const start = Math.floor(position / target) * original - width
    let sum = 0
    for (let j = 0; j < 2 * width + original; j++) {
      const t = Math.min(6, Math.max(-6, (-phase / target + (j - width) / original) * base))
      const sinc = t === 0 ? 1 : Math.sin(Math.PI * t) / (Math.PI * t)
      sum += (base / original) * sinc * Math.cos((Math.PI * t) / 12) ** 2 * (x[start + j] ?? 0)
    }
    return sum
  })
}

export const resampleReference: Reference<ResampleAttributes> = ([x, , , rows], [type], { outputLength }) => {
  const [batch = 0, samples = 0] = type?.shape ?? []
  const output = new Float64Array(batch * outputLength)
  for (let b = 0; b < batch; b++) {
    const length = at(rows, 8 * b + 6)
    const row = x?.subarray(b * samples, b * samples + length) ?? new Float64Array()
    const y = resampleSignal(row, at(rows, 8 * b), at(rows, 8 * b + 1))
    output.set(y.subarray(0, outputLength), b * outputLength)
  }
  return [output]
}
