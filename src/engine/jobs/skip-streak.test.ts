/** When a run of skipped steps ends a run. */
import { expect, it } from 'vitest'
import type { LossPoint } from '../api'
import { requireProgress } from './skip-streak'

const points = (skipped: readonly boolean[], total: number): LossPoint[] =>
  skipped.map((skip, step) => ({
    ...{ step, L: total, Lv: 0, La: 0, total, learningRate: 0, gradientNorm: 0 },
    ...(skip ? { skipped: true } : {}),
  }))
const some = (good: number, bad: number) => [...Array(good).fill(false), ...Array(bad).fill(true)]

it('nine in a row, or ten with a good one among them, go on', () => {
  requireProgress(points(some(3, 9), Number.NaN), 0)
  requireProgress(points([...some(0, 5), false, ...some(0, 5)], Number.NaN), 0)
})

it('ten in a row stop it, with the likely cause and what is kept', () => {
  expect(() => requireProgress(points(some(0, 10), Number.NaN), 0)).toThrow(/from step 0 on.*start.*No checkpoint/)
  expect(() => requireProgress(points(some(20, 10), Number.NaN), 15)).toThrow(
    /from step 20 on.*lower the learning rate.*checkpoint of step 15 is kept/,
  )
  expect(() => requireProgress(points(some(20, 10), 2), 15)).toThrow(/a gradient is not: the learning rate/)
  expect(() => requireProgress(points(some(0, 10), 2), 0)).toThrow(/a gradient never was: the weights that/)
})
