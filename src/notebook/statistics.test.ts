import fc from 'fast-check'
import { expect, test } from 'vitest'
import { smoothed, wilsonInterval } from './statistics'

test('the Wilson interval of 5 in 10 is the published [0.237, 0.763]', () => {
  const [low, high] = wilsonInterval(0.5, 10)
  expect(low).toBeCloseTo(0.2366, 4)
  expect(high).toBeCloseTo(0.7634, 4)
})

test('an interval contains its share and stays within 0 and 1', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, share) => {
      const [low, high] = wilsonInterval(share, n)
      expect(low).toBeGreaterThanOrEqual(0)
      expect(high).toBeLessThanOrEqual(1)
      expect(low).toBeLessThanOrEqual(share + 1e-12)
      expect(high).toBeGreaterThanOrEqual(share - 1e-12)
    }),
  )
})

test('smoothing leaves a constant as it is, from the first point on', () => {
  for (const value of smoothed([2, 2, 2, 2], 0.9)) expect(value).toBeCloseTo(2, 12)
})

test('without weight nothing is smoothed, with weight a jump is spread', () => {
  expect(smoothed([1, 0, 0], 0)).toEqual([1, 0, 0])
  const [first = 0, second = 0, third = 0] = smoothed([1, 0, 0], 0.5)
  expect([first, second, third].map((value) => Number(value.toFixed(4)))).toEqual([1, 0.3333, 0.1429])
})
