/** Fast Fourier transform in float64, in place: radix 2, decimation in time (Cooley and Tukey 1965). */

export interface Spectrum {
  readonly re: Float64Array
  readonly im: Float64Array
}

/** Least power of two that is not below a length. */
export const powerOfTwo = (length: number): number => 2 ** Math.ceil(Math.log2(Math.max(2, length)))

const twiddles = new Map<number, Spectrum>()

/** `exp(-2 pi i k / size)` for k below half the size; those of the latest sizes are kept. */
function twiddlesOf(size: number): Spectrum {
  const known = twiddles.get(size)
  if (known) return known
  const re = Float64Array.from({ length: size / 2 }, (_, k) => Math.cos((2 * Math.PI * k) / size))
  const im = Float64Array.from({ length: size / 2 }, (_, k) => -Math.sin((2 * Math.PI * k) / size))
  const made = { re, im }
  if (twiddles.size >= 2) twiddles.clear()
  twiddles.set(size, made)
  return made
}

/** Sorts values by the reversed bits of their positions. */
function reverseBits({ re, im }: Spectrum): void {
  const size = re.length
  for (let i = 1, j = 0; i < size; i++) {
    let bit = size >> 1
    for (; j & bit; bit >>= 1) j ^= bit
    j ^= bit
    if (i >= j) continue
    const [a = 0, b = 0, c = 0, d = 0] = [re[i], re[j], im[i], im[j]]
    re[i] = b
    re[j] = a
    im[i] = d
    im[j] = c
  }
}

/**
 * Transforms complex values in place, `X[k] = sum x[n] exp(-2 pi i k n / N)`. The inverse is the same with `re` and `im`
 * exchanged, divided by N.
 * @throws when the length is no power of two.
 */
export function transform(values: Spectrum): void {
  const { re, im } = values
  const size = re.length
  if (size < 2 || (size & (size - 1)) !== 0) throw new Error(`A transform of ${size} values is no power of two.`)
  reverseBits(values)
  const { re: cos, im: sin } = twiddlesOf(size)
  for (let half = 1; half < size; half *= 2) {
    const stride = size / (2 * half)
    for (let start = 0; start < size; start += 2 * half)
      for (let k = 0; k < half; k++) {
        const top = start + k
        const bottom = top + half
        const wr = cos[k * stride] as number
        const wi = sin[k * stride] as number
        const br = re[bottom] as number
        const bi = im[bottom] as number
        const r = br * wr - bi * wi
        const i = br * wi + bi * wr
        re[bottom] = (re[top] as number) - r
        im[bottom] = (im[top] as number) - i
        re[top] = (re[top] as number) + r
        im[top] = (im[top] as number) + i
      }
  }
}
