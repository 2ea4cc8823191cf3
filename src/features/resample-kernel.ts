/**
 * Tables of the Hann-windowed sinc resampler in float64, with the defaults of torchaudio's `resample`
 * (lowpass_filter_width 6, rolloff 0.99; spec/audio_numerics.md section 2).
 */

const zeroCrossings = 6
const rolloff = 0.99

export interface ResampleKernel {
  /** Both rates divided by their greatest common divisor. */
  readonly original: number
  readonly target: number
  /** Zeros assumed left of the signal, in samples. */
  readonly width: number
  /** Stored taps of each of the `target` phases. */
  readonly taps: number
  /** [target, taps] */
  readonly weights: Float64Array
  /** [target]: index of a phase's first stored tap among all taps, the tap at input sample -width being 0. */
  readonly firsts: Uint32Array
}

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b))

/** Samples after resampling `length` samples: ceil(target * length / original). */
export const resampledLength = (length: number, from: number, to: number): number => {
  const divisor = greatestCommonDivisor(from, to)
  return Math.ceil(((to / divisor) * length) / (from / divisor))
}

/**
 * Polyphase kernel for one pair of rates (Hz). A phase's taps outside the window are zero and left out: 44.1 to 48 kHz
 * keeps 13 of 161. Equal rates give the identity, as in torchaudio.
 * @throws when a rate is not a positive whole number, or both share so few factors that indices pass 32 bits.
 */
export function resampleKernel(from: number, to: number): ResampleKernel {
  if (![from, to].every((rate) => Number.isInteger(rate) && rate > 0))
    throw new Error(`Resampling from ${from} to ${to} Hz: rates must be positive whole numbers.`)
  const divisor = greatestCommonDivisor(from, to)
  const original = from / divisor
  const target = to / divisor
  if (original * target >= 2 ** 32)
    throw new Error(`Resampling from ${from} to ${to} Hz: the rates share too few factors; convert the file first.`)
  if (original === target)
    return { original, target, width: 0, taps: 1, weights: Float64Array.of(1), firsts: Uint32Array.of(0) }

  const base = rolloff * Math.min(original, target)
  const reach = (zeroCrossings * original) / base
  const width = Math.ceil(reach)
  const last = 2 * width + original - 1
  const taps = Math.min(Math.floor(2 * reach) + 1, last + 1)
  const weights = new Float64Array(target * taps)
  const firsts = new Uint32Array(target)
  for (let phase = 0; phase < target; phase++) {
    const centre = (phase * original) / target
    const first = Math.min(Math.max(0, Math.ceil(centre - reach) + width), last + 1 - taps)
    firsts[phase] = first
    for (let tap = 0; tap < taps; tap++) {
      const t = (-phase / target + (first + tap - width) / original) * base
      weights[phase * taps + tap] = (base / original) * windowedSinc(t)
    }
  }
  return { original, target, width, taps, weights, firsts }
}

/** sinc(t) cos^2(pi t / 12), zero outside [-6, 6]. */
function windowedSinc(t: number): number {
  if (Math.abs(t) >= zeroCrossings) return 0
  const window = Math.cos((Math.PI * t) / zeroCrossings / 2) ** 2
  return t === 0 ? 1 : (Math.sin(Math.PI * t) / (Math.PI * t)) * window
}
