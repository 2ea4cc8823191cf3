import fc from 'fast-check'
import { expect, test } from 'vitest'
import { wilsonInterval } from './intervals'

test('the ends are the shares that the score test only just does not reject', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2000 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, share) => {
      const [low, high] = wilsonInterval(share, n)
      expect(low).toBeLessThanOrEqual(share + 1e-12)
      expect(high).toBeGreaterThanOrEqual(share - 1e-12)
      for (const end of [low, high])
        expect(Math.abs((share - end) ** 2 - (1.959963984540054 ** 2 * end * (1 - end)) / n)).toBeLessThan(1e-12)
    }),
  )
})

test('50 of 100 give 40.4 to 59.6 %, 18 of 18 at least 82.4 %', () => {
  const [low, high] = wilsonInterval(0.5, 100)
  expect(low).toBeCloseTo(0.4038, 4)
  expect(high).toBeCloseTo(0.5962, 4)
  expect(wilsonInterval(1, 18)[0]).toBeCloseTo(0.8241, 4)
})

test('no trials tell nothing', () => {
  expect(wilsonInterval(0, 0)).toEqual([0, 1])
})
