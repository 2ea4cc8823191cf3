/** Sound as vectors of 3 s windows: read from the windows that an embed cell exports, or mean log-mels of the same windows. */
import { transform } from '../../src/corpus/fft'
import { hannWindow, melFilterBank, melSettings } from '../../src/features/mel-tables'
import { readNpyMatrix } from '../../src/formats/npy'
import { readZipDirectory, zipContent } from '../../src/formats/zip'

export interface VectorWindow {
  readonly startS: number
  readonly endS: number
  readonly vector: Float32Array
}

/** One title in one language. */
export interface Soundtrack {
  readonly file: string
  readonly language: string
  readonly windows: readonly VectorWindow[]
}

/** Soundtracks of an export's `embeddings-windows.zip`, in these languages. @throws when a file is not what we write. */
export async function readSoundtracks(zip: Blob, languages: readonly string[]): Promise<Soundtrack[]> {
  const entries = await readZipDirectory(zip)
  const soundtracks: Soundtrack[] = []
  for (const [name, entry] of entries) {
    const [, folder = '', file = '', language = ''] = /^((.+)\/audio\/\d+-([^/]+))\/embeddings\.npy$/.exec(name) ?? []
    const described = entries.get(`${folder}/metadata.json`)
    if (!described || !languages.includes(language)) continue
    const matrix = readNpyMatrix(await (await zipContent(zip, entry)).arrayBuffer())
    const { range, sample_rate } = JSON.parse(await (await zipContent(zip, described)).text())
    const width = matrix.data.length / matrix.rows
    const windows = Array.from({ length: matrix.rows }, (_, row): VectorWindow => {
      const [start, end] = range[row]
      const vector = matrix.data.subarray(row * width, (row + 1) * width)
      return { startS: start / sample_rate, endS: end / sample_rate, vector }
    })
    soundtracks.push({ file, language, windows })
  }
  return soundtracks
}

/**
 * Log-mels of a window, the input of the networks, averaged over its frames.
 * @param samples mono at 48 kHz
 * @returns [96], in dB
 */
export function meanLogMels(samples: Float32Array): Float32Array {
  const { nFft, hopLength, mels, sampleRate } = melSettings
  const window = hannWindow(nFft)
  const { ranges, weights } = melFilterBank(mels, nFft, sampleRate)
  const frames = 1 + Math.floor(samples.length / hopLength)
  const sums = new Float64Array(mels)
  const power = new Float64Array(nFft / 2 + 1)
  for (let t = 0; t < frames; t++) {
    const re = Float64Array.from({ length: nFft }, (_, n) => {
      const position = Math.abs(t * hopLength + n - nFft / 2)
      const mirrored = position < samples.length ? position : 2 * (samples.length - 1) - position
      return (samples[mirrored] ?? 0) * (window[n] as number)
    })
    const im = new Float64Array(nFft)
    transform({ re, im })
    for (let k = 0; k < power.length; k++) power[k] = (re[k] as number) ** 2 + (im[k] as number) ** 2
    for (let band = 0; band < mels; band++) {
      const [first = 0, count = 0, from = 0] = ranges.subarray(3 * band, 3 * band + 3)
      let sum = 0
      for (let j = 0; j < count; j++) sum += (weights[from + j] as number) * (power[first + j] as number)
      sums[band] = (sums[band] as number) + 10 * Math.log10(Math.max(sum, 1e-10))
    }
  }
  return Float32Array.from(sums, (sum) => sum / frames)
}

/** Mean log-mels of a whole soundtrack, window after window of 3 s. @param samples mono at 48 kHz */
export function logMelWindows(samples: Float32Array): VectorWindow[] {
  const { clipSamples, sampleRate } = melSettings
  return Array.from({ length: Math.round(samples.length / clipSamples) }, (_, index) => {
    const clip = new Float32Array(clipSamples)
    clip.set(samples.subarray(index * clipSamples, (index + 1) * clipSamples))
    const startS = (index * clipSamples) / sampleRate
    return { startS, endS: startS + clipSamples / sampleRate, vector: meanLogMels(clip) }
  })
}
