import { expect, test } from 'vitest'
import { smoothed } from './smoothing'

test('smoothing leaves a constant as it is, from the first point on', () => {
  for (const value of smoothed([2, 2, 2, 2], 0.9)) expect(value).toBeCloseTo(2, 12)
})

test('without weight nothing is smoothed, with weight a jump is spread', () => {
  expect(smoothed([1, 0, 0], 0)).toEqual([1, 0, 0])
  const [first = 0, second = 0, third = 0] = smoothed([1, 0, 0], 0.5)
  expect([first, second, third].map((value) => Number(value.toFixed(4)))).toEqual([1, 0.3333, 0.1429])
})
