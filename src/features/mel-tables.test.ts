import { expect, it } from 'vitest'
import { hannWindow, melFilterBank, melPoints } from './mel-tables'

it('mel points lie where the HTK scale puts them', () => {
  const points = melPoints(96, 48_000)
  const first = [0, 26.194, 53.3682, 81.5593, 110.8052, 141.1456]
  first.forEach((hz, index) => {
    expect(points[index]).toBeCloseTo(hz, 4)
  })
  expect([...points.slice(-3)].map((hz) => hz.toFixed(3))).toEqual(['22250.265', '23109.064', '24000.000'])
})

it('the filter bank of 96 bands has 1003 entries, 9 filters of one bin, 12 of two, none empty', () => {
  const { ranges, weights } = melFilterBank(96, 1024, 48_000)
  const counts = Array.from({ length: 96 }, (_, band) => ranges[3 * band + 1] ?? 0)
  expect(weights.length).toBe(1003)
  expect(counts.filter((count) => count === 0)).toHaveLength(0)
  expect(counts.filter((count) => count === 1)).toHaveLength(9)
  expect(counts.filter((count) => count === 2)).toHaveLength(12)
  expect(weights.reduce((a, b) => a + b)).toBeCloseTo(501.996511, 6)
  const maxima = [0.238948, 0.761052, 0.583166, 0.416834, 0.982841, 0.544346]
  maxima.forEach((expected, band) => {
    const start = ranges[3 * band + 2] ?? 0
    expect(Math.max(...weights.subarray(start, start + (counts[band] ?? 0)))).toBeCloseTo(expected, 6)
  })
})

it('the window is periodic: one at its middle, zero at its start only', () => {
  const window = hannWindow(1024)
  expect(window[0]).toBe(0)
  expect(window[512]).toBe(1)
  expect(window[1023]).toBeGreaterThan(0)
})
