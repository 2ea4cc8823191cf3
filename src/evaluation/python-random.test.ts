import { expect, test } from 'vitest'
import { pythonShuffler } from './python-random'

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index)

test('lists shuffled one after another have the order that random.Random(0).shuffle gives them in Python', () => {
  const shuffle = pythonShuffler(0)
  expect(shuffle(upTo(7))).toEqual([4, 2, 1, 0, 5, 3, 6])
  const long = shuffle(upTo(700))
  expect(long.slice(0, 8)).toEqual([378, 286, 510, 305, 603, 385, 695, 86])
  expect(long.slice(-3)).toEqual([488, 310, 414])
  expect(long.reduce((sum, value, index) => sum + value * index, 0)).toBe(86006385)
})

test('another seed gives another order, that of Python too', () => {
  expect(pythonShuffler(42)(upTo(16))).toEqual([7, 9, 5, 6, 14, 10, 12, 8, 1, 2, 13, 15, 4, 11, 0, 3])
})
