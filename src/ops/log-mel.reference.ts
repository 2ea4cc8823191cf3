/** Float64 reference of the log-mel spectrogram: the definition, one sum per frequency. */

import { frameCount, type LogMelAttributes } from './log-mel'
import type { Reference } from './testing'

const at = (array: ArrayLike<number>, index: number): number => array[index] ?? Number.NaN

export const logMelReference: Reference<LogMelAttributes> = (
  [waveform = new Float64Array(), gain = new Float64Array(), window = new Float64Array(), , ranges, weights],
  [type],
  { hopLength },
) => {
  const [batch = 0, samples = 0] = type?.shape ?? []
  const frames = frameCount(samples, hopLength)
  const mels = (ranges?.length ?? 0) / 3
  const size = window.length
  const output = new Float64Array(batch * mels * frames)
  // Of index n k only the remainder matters, so that no large angle loses digits.
  const cosine = Float64Array.from({ length: size }, (_, j) => Math.cos((2 * Math.PI * j) / size))
  const sine = Float64Array.from({ length: size }, (_, j) => Math.sin((2 * Math.PI * j) / size))
  for (let b = 0; b < batch; b++)
    for (let t = 0; t < frames; t++) {
      const frame = Float64Array.from({ length: size }, (_, n) => {
        const position = Math.abs(t * hopLength + n - size / 2)
        const mirrored = position < samples ? position : 2 * (samples - 1) - position
        return at(gain, b) * at(window, n) * at(waveform, b * samples + mirrored)
      })
      const power = Float64Array.from({ length: size / 2 + 1 }, (_, k) => {
        let real = 0
        let imaginary = 0
        for (let n = 0; n < size; n++) {
          real += at(frame, n) * at(cosine, (n * k) % size)
          imaginary += at(frame, n) * at(sine, (n * k) % size)
        }
        return real * real + imaginary * imaginary
      })
      for (let m = 0; m < mels; m++) {
        let sum = 0
        for (let j = 0; j < at(ranges ?? [], 3 * m + 1); j++)
          sum += at(weights ?? [], at(ranges ?? [], 3 * m + 2) + j) * at(power, at(ranges ?? [], 3 * m) + j)
        output[(b * mels + m) * frames + t] = 10 * Math.log10(Math.max(sum, 1e-10))
      }
    }
  return [output]
}
