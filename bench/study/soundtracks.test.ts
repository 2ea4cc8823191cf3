import { expect, test } from 'vitest'
import { hannWindow, melFilterBank, melSettings } from '../../src/features/mel-tables'
import { writeNpy } from '../../src/formats/npy'
import { writeZip } from '../../src/formats/zip-writer'
import { logMelReference } from '../../src/ops/log-mel.reference'
import { randomStream } from './random.testing'
import { logMelWindows, meanLogMels, readSoundtracks } from './soundtracks'

test('mean log-mels are those of the networks’ input', () => {
  const { normal } = randomStream(1)
  const samples = Float32Array.from({ length: 9000 }, () => 0.1 * normal())
  const { nFft, hopLength, mels, sampleRate } = melSettings
  const { ranges, weights } = melFilterBank(mels, nFft, sampleRate)
  const inputs = [samples, [1], hannWindow(nFft), [], ranges, weights].map((one) => Float64Array.from(one))
  const [expected = []] = logMelReference(inputs, [{ dtype: 'f32', shape: [1, samples.length] }], { hopLength })
  const frames = expected.length / mels
  const actual = meanLogMels(samples)
  for (let band = 0; band < mels; band++) {
    const own = Array.from({ length: frames }, (_, t) => expected[band * frames + t] ?? 0)
    expect(actual[band]).toBeCloseTo(own.reduce((a, b) => a + b) / frames, 4)
  }
})

test('sound is cut into windows of 3 s', () => {
  const windows = logMelWindows(new Float32Array(2 * melSettings.clipSamples))
  expect(windows.map(({ startS, endS }) => [startS, endS])).toEqual([
    [0, 3],
    [3, 6],
  ])
})

test('exported windows are read by title and language; what is no speech, and pictures, are not', async () => {
  const asset = async (folder: string, rate: number | null, values: readonly number[]) => [
    {
      name: `${folder}/embeddings.npy`,
      data: new Uint8Array(await new Blob(writeNpy(Float32Array.from(values), [2, values.length / 2])).arrayBuffer()),
    },
    {
      name: `${folder}/metadata.json`,
      data: new TextEncoder().encode(
        JSON.stringify({
          range: [
            [0, 144000],
            [144000, 288000],
          ],
          sample_rate: rate,
        }),
      ),
    },
  ]
  const zip = new Blob(
    writeZip([
      ...(await asset('a.mp4/video', null, [9, 9])),
      ...(await asset('a.mp4/audio/1-en', 48000, [1, 2, 3, 4])),
      ...(await asset('a.mp4/audio/2-zxx', 48000, [5, 6, 7, 8])),
    ]),
  )
  expect(await readSoundtracks(zip, ['en', 'es'])).toEqual([
    {
      file: 'a.mp4',
      language: 'en',
      windows: [
        { startS: 0, endS: 3, vector: Float32Array.of(1, 2) },
        { startS: 3, endS: 6, vector: Float32Array.of(3, 4) },
      ],
    },
  ])
})
