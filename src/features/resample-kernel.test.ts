import { expect, it } from 'vitest'
import { resampledLength, resampleKernel } from './resample-kernel'

it('widths are those of the reference', () => {
  const widths = [
    [44_100, 48_000, 147, 160, 7],
    [16_000, 48_000, 1, 3, 7],
    [22_050, 48_000, 147, 320, 7],
    [32_000, 48_000, 2, 3, 7],
    [48_000, 16_000, 3, 1, 19],
    [44_100, 16_000, 441, 160, 17],
  ] as const
  for (const [from, to, original, target, width] of widths)
    expect(resampleKernel(from, to)).toMatchObject({ original, target, width })
})

it('only taps inside the window are stored', () => {
  const { taps, weights } = resampleKernel(44_100, 48_000)
  expect(taps).toBe(13)
  expect(weights.length).toBe(160 * 13)
})

it('a constant keeps its value in every phase to within the ripple of the filter', () => {
  for (const [from, to] of [
    [44_100, 48_000],
    [48_000, 16_000],
  ] as const) {
    const { target, taps, weights } = resampleKernel(from, to)
    for (let phase = 0; phase < target; phase++) {
      const sum = weights.subarray(phase * taps, (phase + 1) * taps).reduce((a, b) => a + b)
      expect(Math.abs(sum - 1)).toBeLessThan(0.01)
    }
  }
})

it('lengths are rounded up', () => {
  expect(resampledLength(441, 44_100, 48_000)).toBe(480)
  expect(resampledLength(442, 44_100, 48_000)).toBe(482)
  expect(resampledLength(100, 48_000, 48_000)).toBe(100)
})

it('refuses rates that are not whole or share too little', () => {
  expect(() => resampleKernel(44_100.5, 48_000)).toThrow('positive whole numbers')
  expect(() => resampleKernel(191_999, 48_000)).toThrow('share too few factors')
})
