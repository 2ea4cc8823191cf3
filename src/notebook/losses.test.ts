import { expect, test } from 'vitest'
import type { LossPoint } from '../engine/api'
import { joinLosses } from './losses'

const points = (from: number, to: number, L: number): LossPoint[] =>
  Array.from({ length: to - from }, (_, index) => ({
    step: from + index,
    L,
    Lv: 0,
    La: 0,
    total: L,
    learningRate: 0,
    gradientNorm: 0,
  }))

test('pieces of a curve join in order', () => {
  expect(joinLosses(points(0, 3, 2), points(3, 5, 1)).map(({ step }) => step)).toEqual([0, 1, 2, 3, 4])
})

test('steps computed again after a checkpoint replace the lost ones', () => {
  const joined = joinLosses(points(0, 5, 2), points(3, 6, 1))
  expect(joined.map(({ step, L }) => [step, L])).toEqual([
    [0, 2],
    [1, 2],
    [2, 2],
    [3, 1],
    [4, 1],
    [5, 1],
  ])
})
