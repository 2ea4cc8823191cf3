import fc from 'fast-check'
import { expect, test } from 'vitest'
import { resampleTo25, uniformIndices } from './frame-indices'

test('16 of 75 and of 76 frames are those of the specification', () => {
  expect(uniformIndices(75, 16)).toEqual([0, 4, 9, 14, 19, 24, 29, 34, 39, 44, 49, 54, 59, 64, 69, 74])
  expect(uniformIndices(76, 16)).toEqual([0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75])
})

test('fewer frames than wanted are repeated', () => {
  expect(uniformIndices(1, 4)).toEqual([0, 0, 0, 0])
  expect(uniformIndices(3, 5)).toEqual([0, 0, 1, 1, 2])
  expect(uniformIndices(9, 1)).toEqual([0])
})

// numpy.floor(numpy.linspace(0, n - 1, math.ceil(n / fps * 25)))
test.each([
  [76, 25, 76, [0, 1, 2, 3]],
  [91, 30, 76, [0, 1, 2, 3, 4, 6]],
  [13, 4, 82, [0, 0, 0, 0, 0, 0, 0, 1]],
  [151, 50, 76, [0, 2, 4, 6]],
  [1, 25, 1, [0]],
  [2, 30, 2, [0, 1]],
] as const)('%d frames at %d per second become %d', (n, fps, count, first) => {
  const indices = resampleTo25(n, fps)
  expect(indices.length).toBe(count)
  expect(indices.slice(0, first.length)).toEqual(first)
  expect(indices.at(-1)).toBe(n - 1)
})

test('indices never fall, and reach from the first frame to the last', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 2000 }), fc.double({ min: 1, max: 24, noNaN: true }), (n, fps) => {
      for (const indices of [resampleTo25(n, fps), uniformIndices(n, 16)]) {
        expect(indices[0]).toBe(0)
        expect(indices.at(-1)).toBe(n - 1)
        expect(indices.every((value, i) => value >= (indices[i - 1] ?? 0))).toBe(true)
      }
    }),
  )
})
