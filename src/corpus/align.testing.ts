/** Sounds for tests of alignment: backgrounds that can be delayed by any time, and something like speech over them. */
import { randomStream } from '../schema/random'
import { alignRate } from './align'
import { powerOfTwo, transform } from './fft'

const seconds = 24

/**
 * Pink noise whose loudness swells and fades, at {@link alignRate}, later by any time: the delay is a turn of phases,
 * exact between samples.
 */
export function background(seed: number, delayS: number, durationS = seconds): Float32Array {
  const random = randomStream(seed, 0, 100)
  const size = powerOfTwo((durationS + 8) * alignRate)
  const re = new Float64Array(size)
  const im = new Float64Array(size)
  for (let k = 1; k < size / 2; k++) {
    const hz = (k / size) * alignRate
    const amplitude = hz < 30 ? 0 : 1 / Math.sqrt(hz)
    const phase = 2 * Math.PI * (random.uniform() - hz * delayS)
    re[k] = amplitude * Math.cos(phase)
    im[k] = amplitude * Math.sin(phase)
  }
  // Exchanged: the inverse transform.
  transform({ re: im, im: re })
  // What comes before the beginning is a part of the same noise, so that a delay fills the window.
  return loud(Float32Array.from(re.subarray(4 * alignRate, (4 + durationS) * alignRate)))
}

/** Syllables with harmonics and hiss, and pauses between them: no two seeds say the same. */
export function speech(seed: number, durationS = seconds): Float32Array {
  const random = randomStream(seed, 0, 101)
  const samples = new Float32Array(durationS * alignRate)
  for (let at = 0; at < samples.length; ) {
    const length = Math.round((0.08 + 0.25 * random.uniform()) * alignRate)
    const hz = 90 + 160 * random.uniform()
    const voiced = random.uniform() < 0.7
    const formant = 300 + 1200 * random.uniform()
    for (let i = 0; i < length && at + i < samples.length; i++) {
      const envelope = Math.sin((Math.PI * i) / length) ** 2
      let value = 0.3 * (random.uniform() - 0.5)
      for (let h = 1; voiced && h * hz < 3800; h++)
        value += Math.sin((2 * Math.PI * h * hz * i) / alignRate) / (1 + ((h * hz - formant) / 300) ** 2)
      samples[at + i] = envelope * value
    }
    at += length + (random.uniform() < 0.15 ? Math.round(0.6 * random.uniform() * alignRate) : 0)
  }
  return loud(samples)
}

/** At a root mean square of 0.1. */
function loud(samples: Float32Array): Float32Array {
  const rms = Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length)
  return samples.map((sample) => (0.1 * sample) / rms)
}

/** @param decibels Of the background over the speech. */
export const mixed = (behind: Float32Array, over: Float32Array, decibels: number): Float32Array =>
  behind.map((sample, i) => sample * 10 ** (decibels / 20) + (over[i] ?? 0))
