/**
 * Sound at a low rate, for comparing tracks: whatever rate a track has, sample n of the result is the sound n / rate seconds
 * after its first sample. A windowed-sinc low-pass (Smith, "Digital Audio Resampling"), without delay, in float64.
 */

/** Zero crossings of the filter on each side. */
const crossings = 16

interface Phase {
  readonly taps: Float64Array
  /** Of the first tap, from the sample at or before the output. */
  readonly first: number
}

const greatestDivisor = (a: number, b: number): number => (b === 0 ? a : greatestDivisor(b, a % b))

/** Filters for every place that an output can have between two samples. */
function phasesOf(sampleRate: number, rate: number): Phase[] {
  const cutoff = 0.46 * Math.min(sampleRate, rate)
  const reach = (crossings * sampleRate) / (2 * cutoff)
  const count = rate / greatestDivisor(sampleRate, rate)
  return Array.from({ length: count }, (_, phase) => {
    const between = phase / count
    const first = Math.ceil(between - reach)
    const taps = Float64Array.from({ length: Math.floor(between + reach) - first + 1 }, (_, i) => {
      const x = first + i - between
      const turn = (2 * Math.PI * cutoff * x) / sampleRate
      return (turn === 0 ? 1 : Math.sin(turn) / turn) * (0.5 + 0.5 * Math.cos((Math.PI * x) / reach))
    })
    // Every phase lets a constant through alike.
    const gain = taps.reduce((sum, tap) => sum + tap, 0)
    return { taps: taps.map((tap) => tap / gain), first }
  })
}

/** @param sampleRate,rate Whole numbers of Hz. */
export function lowRate(samples: Float32Array, sampleRate: number, rate: number): Float32Array {
  const phases = phasesOf(sampleRate, rate)
  const length = Math.floor((samples.length * rate) / sampleRate)
  const result = new Float32Array(length)
  for (let n = 0; n < length; n++) {
    const position = n * sampleRate
    const here = Math.floor(position / rate)
    const phase = phases[Math.round(((position % rate) * phases.length) / rate)]
    if (!phase) continue
    const { taps, first } = phase
    let sum = 0
    const from = Math.max(0, -(here + first))
    const to = Math.min(taps.length, samples.length - here - first)
    for (let i = from; i < to; i++) sum += (taps[i] as number) * (samples[here + first + i] as number)
    result[n] = sum
  }
  return result
}
