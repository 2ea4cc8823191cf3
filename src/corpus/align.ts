/**
 * How much later a dub is than the original track, from the background that both share: generalised cross-correlation with
 * phase transform (Knapp and Carter 1976), summed over several places of a title. Whitening lets every frequency in which the
 * background is heard vote alike, so that speech, loud but different in each language, only adds noise to the sum.
 */
import { powerOfTwo, transform } from './fft'

/** Rate at which sounds are compared, Hz; their delay is found far more finely than a sample of it. */
export const alignRate = 8000
/** Delays that are sought, either way. */
const longestDelayS = 10
/** Below is hum, above what low bit rates cut off. */
const band = { fromHz: 80, toHz: 3600 }
/** Peaks this near belong to one another. */
const apartS = 0.005
/** Ends of a window are faded over this share of it, so that they do not correlate by being ends. */
const faded = 1 / 8
/** Steps between two samples, and neighbours on each side, by which a peak is read between samples. */
const finer = 32
const neighbours = 24

/** Reference and dub over the same window of title time, mono at {@link alignRate}. */
export interface SoundPair {
  readonly reference: Float32Array
  readonly dub: Float32Array
}

export interface Alignment {
  /** Positive: what is heard in the reference comes so much later in the dub. */
  readonly delayS: number
  /** By how much the best delay stands out over the next best: 0 not at all, 1 there is no other. */
  readonly confidence: number
  /** Windows whose own best delay is the same, of all that were not silent. */
  readonly agreeing: number
  readonly windows: number
}

/** From here on a delay counts as found: unrelated sounds reach 0.25 at most in the tests. */
export const enoughConfidence = 0.4

/** Collects windows of one dub, one after the other. */
export class DelayFinder {
  /** Correlation by delay in samples, from the earliest to the latest. */
  private readonly sum: Float64Array
  private readonly best: number[] = []
  private readonly reach: number

  /** @param windowS Length of the windows; delays are sought up to half of it. */
  constructor(windowS: number) {
    this.reach = Math.floor(Math.min(longestDelayS, windowS / 2) * alignRate)
    this.sum = new Float64Array(2 * this.reach + 1)
  }

  /** @param pairs Of one window: several views of it (sum and difference of stereo channels) count together. */
  add(pairs: readonly SoundPair[]): void {
    const heard = pairs.filter(({ reference, dub }) => isHeard(reference) && isHeard(dub))
    if (heard.length === 0) return
    const own = new Float64Array(this.sum.length)
    for (const pair of heard) correlate(pair, this.reach, own)
    for (let i = 0; i < own.length; i++) this.sum[i] = (this.sum[i] ?? 0) + (own[i] ?? 0)
    this.best.push(peakOf(own))
  }

  /** Null when there was nothing to hear in either of the tracks. */
  result(): Alignment | null {
    const windows = this.best.length
    if (windows === 0) return null
    const apart = Math.round(apartS * alignRate)
    const peak = peakOf(this.sum)
    const height = Math.abs(this.sum[peak] ?? 0)
    let next = 0
    for (let i = 0; i < this.sum.length; i++)
      if (Math.abs(i - peak) > apart) next = Math.max(next, Math.abs(this.sum[i] ?? 0))
    return {
      delayS: (betweenSamples(this.sum, peak) - this.reach) / alignRate,
      confidence: height > 0 ? 1 - next / height : 0,
      agreeing: this.best.filter((own) => Math.abs(own - peak) <= apart).length,
      windows,
    }
  }
}

/** Quieter than −100 dB is silence. */
function isHeard(samples: Float32Array): boolean {
  let power = 0
  for (const sample of samples) power += sample * sample
  return power > 1e-10 * samples.length
}

/** Phase may be turned over in a mix, so a deep trough counts as a peak. */
function peakOf(values: Float64Array): number {
  let best = 0
  for (let i = 1; i < values.length; i++) if (Math.abs(values[i] ?? 0) > Math.abs(values[best] ?? 0)) best = i
  return best
}

/** Adds the whitened correlation of a pair to `into`, whose middle is no delay; sounds without noise reach 1. */
function correlate({ reference, dub }: SoundPair, reach: number, into: Float64Array): void {
  const size = powerOfTwo(reference.length + reach)
  const re = new Float64Array(size)
  const im = new Float64Array(size)
  const fade = Math.floor(reference.length * faded)
  // Both are real: one transform of one plus i times the other holds the spectra of both.
  for (let i = 0; i < reference.length; i++) {
    const toEnd = Math.min(i, reference.length - 1 - i)
    const weight = toEnd < fade ? 0.5 - 0.5 * Math.cos((Math.PI * (toEnd + 0.5)) / fade) : 1
    re[i] = weight * (reference[i] ?? 0)
    im[i] = weight * (dub[i] ?? 0)
  }
  transform({ re, im })
  const from = Math.ceil((band.fromHz / alignRate) * size)
  const to = Math.floor((band.toHz / alignRate) * size)
  const crossRe = new Float64Array(size)
  const crossIm = new Float64Array(size)
  for (let k = from; k <= to; k++) {
    const [a = 0, b = 0, c = 0, d = 0] = [re[k], im[k], re[size - k], im[size - k]]
    const [refRe, refIm, dubRe, dubIm] = [a + c, b - d, b + d, c - a]
    const productRe = dubRe * refRe + dubIm * refIm
    const productIm = dubIm * refRe - dubRe * refIm
    const length = Math.hypot(productRe, productIm)
    if (length === 0) continue
    // Exchanged, so that the transform is the inverse one.
    crossIm[k] = productRe / length
    crossRe[k] = productIm / length
  }
  transform({ re: crossRe, im: crossIm })
  const scale = 1 / (to - from + 1)
  for (let delay = -reach; delay <= reach; delay++)
    into[delay + reach] = (into[delay + reach] ?? 0) + scale * (crossIm[(delay + size) % size] ?? 0)
}

/** Position of the peak beside sample `peak`, by the sinc series of what is limited to the band. */
function betweenSamples(values: Float64Array, peak: number): number {
  const sign = Math.sign(values[peak] ?? 0)
  const at = (position: number): number => {
    let sum = 0
    const middle = Math.round(position)
    for (let i = middle - neighbours; i <= middle + neighbours; i++) {
      const x = position - i
      const sinc = x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x)
      sum += (values[i] ?? 0) * sinc * (0.5 + 0.5 * Math.cos((Math.PI * x) / (neighbours + 1)))
    }
    return sign * sum
  }
  const heights = Array.from({ length: 2 * finer + 1 }, (_, step) => at(peak - 1 + step / finer))
  const top = heights.indexOf(Math.max(...heights))
  const [before = 0, here = 0, after = 0] = [
    heights[top - 1] ?? heights[top],
    heights[top],
    heights[top + 1] ?? heights[top],
  ]
  const bend = before - 2 * here + after
  const shift = bend === 0 ? 0 : (before - after) / (2 * bend)
  return peak - 1 + (top + shift) / finer
}
