/**
 * Host tables of the log-mel front end in float64: Hann window, FFT twiddles and the HTK mel filter bank, as
 * torchaudio's `MelSpectrogram` builds them (spec/audio_numerics.md section 1).
 */

/** What the paper's audio network sees: 96 bands x 288 frames of 3 s at 48 kHz. */
export const melSettings = { sampleRate: 48_000, clipSamples: 144_000, nFft: 1024, hopLength: 501, mels: 96 } as const

/** Periodic Hann window [length]: 1/2 - 1/2 cos(2 pi n / length). */
export const hannWindow = (length: number): Float64Array =>
  Float64Array.from({ length }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / length))

/** exp(-2 pi i j / length) as pairs (real, imaginary), [length, 2]. */
export const twiddleTable = (length: number): Float64Array =>
  Float64Array.from({ length: 2 * length }, (_, index) => {
    const angle = (2 * Math.PI * (index >> 1)) / length
    return index % 2 === 0 ? Math.cos(angle) : -Math.sin(angle)
  })

/** Frequencies (Hz) of `mels + 2` points equally spaced on the HTK mel scale from 0 Hz to half the sample rate. */
export function melPoints(mels: number, sampleRate: number): Float64Array {
  const nyquist = sampleRate / 2
  const top = 2595 * Math.log10(1 + nyquist / 700)
  const points = Float64Array.from({ length: mels + 2 }, (_, k) => 700 * (10 ** ((top * k) / (mels + 1) / 2595) - 1))
  // Exactly, so that rounding gives the last bin no weight in the last band.
  points[mels + 1] = nyquist
  return points
}

export interface FilterBank {
  /** [mels] of (first bin, number of bins, position of the first weight). */
  readonly ranges: Uint32Array
  /** The non-zero entries, band after band. */
  readonly weights: Float64Array
}

/**
 * Triangular filters of height 1 over the bins of a one-sided spectrum (no area normalisation), keeping only each
 * band's non-zero stretch. Bin j lies at j * (sampleRate / 2) / (bins - 1) Hz.
 */
export function melFilterBank(mels: number, nFft: number, sampleRate: number): FilterBank {
  const points = melPoints(mels, sampleRate)
  const bins = nFft / 2 + 1
  const ranges = new Uint32Array(3 * mels)
  const weights: number[] = []
  for (let band = 0; band < mels; band++) {
    const [low = 0, middle = 0, high = 0] = points.subarray(band, band + 3)
    const start = weights.length
    for (let bin = 0; bin < bins; bin++) {
      const hz = (bin * sampleRate) / 2 / (bins - 1)
      const weight = Math.min((hz - low) / (middle - low), (high - hz) / (high - middle))
      if (weight <= 0) continue
      if (weights.length === start) ranges[3 * band] = bin
      weights.push(weight)
    }
    ranges[3 * band + 1] = weights.length - start
    ranges[3 * band + 2] = start
  }
  return { ranges, weights: Float64Array.from(weights) }
}
