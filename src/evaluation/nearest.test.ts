import { expect, test } from 'vitest'
import { nearestRows } from './nearest'

test('neighbours are those of the smallest angle, whatever their length, and not the point itself', () => {
  const data = Float32Array.of(1, 0, 9, 1, 0, 5, -1, 0, 2, 2)
  const found = nearestRows(data, 2, 0, 3)
  expect(found.map(({ row }) => row)).toEqual([1, 4, 2])
  expect(found[1]?.cosine).toBeCloseTo(Math.SQRT1_2, 12)
})

test('of equally near ones the first comes first, and there are no more than there are', () => {
  expect(nearestRows(Float32Array.of(1, 0, 0, 1, 0, 2), 2, 0, 9).map(({ row }) => row)).toEqual([1, 2])
})
