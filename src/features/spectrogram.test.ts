import { expect, it } from 'vitest'
import { testContext } from '../ops/testing'
import { spectrogram } from './spectrogram'

it('half a second of a stereo tone at 44.1 kHz is loudest in its band, in all of its 48 frames', async () => {
  const tone = Float32Array.from({ length: 22_050 }, (_, n) => 0.5 * Math.sin((2 * Math.PI * 1000 * n) / 44_100))
  const context = await testContext()
  const { mel, bands, frames, samples } = await spectrogram(context, { sampleRate: 44_100, channels: [tone, tone] })
  expect([bands, frames, samples.length, mel.length]).toEqual([96, 48, 24_000, 96 * 48])
  for (let t = 1; t < frames - 1; t++) {
    const column = Array.from({ length: bands }, (_, band) => mel[band * frames + t] ?? Number.NaN)
    expect(column.indexOf(Math.max(...column))).toBe(23)
    expect(column[23]).toBeCloseTo(42.08, 0)
  }
})

it('a sound shorter than half a window is followed by silence', async () => {
  const { frames, samples } = await spectrogram(await testContext(), {
    sampleRate: 48_000,
    channels: [Float32Array.of(1, 1, 1)],
  })
  expect([frames, samples.length, samples[2], samples[3]]).toEqual([2, 513, 1, 0])
})
