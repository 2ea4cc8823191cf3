import { expect, test } from 'vitest'
import { lowRate } from './low-rate'

const tone = (hz: number, rate: number, seconds: number) =>
  Float32Array.from({ length: rate * seconds }, (_, n) => Math.sin((2 * Math.PI * hz * n) / rate + 0.3))

test('tones below the limit keep their phase at every rate, tones above vanish', () => {
  for (const rate of [8000, 11025, 22050, 44100, 48000, 96000]) {
    const expected = tone(1234.5, 8000, 1)
    const actual = lowRate(tone(1234.5, rate, 1), rate, 8000)
    expect(actual).toHaveLength(8000)
    // The ends lack neighbours.
    for (let n = 100; n < 7900; n++)
      expect(Math.abs((actual[n] ?? 9) - (expected[n] ?? 0)), `${rate} Hz`).toBeLessThan(1e-3)
    if (rate < 16000) continue
    const above = lowRate(tone(5500, rate, 1), rate, 8000).subarray(100, 7900)
    expect(Math.max(...above.map(Math.abs)), `${rate} Hz`).toBeLessThan(2e-3)
  }
})
