import { expect, test } from 'vitest'
import { afterValidation, notValidated, shouldStop } from './early-stop'

/** How many validations there are before training stops, and the best one. */
function run(scores: readonly number[], patience: number) {
  let state = notValidated
  for (const score of scores) {
    state = afterValidation(state, score)
    if (shouldStop(state, score, patience)) break
  }
  return state
}

test('a score that peaks at validation 4 stops after validation 24 and keeps checkpoint 4', () => {
  const scores = Array.from({ length: 100 }, (_, index) => 1 - Math.abs(index + 1 - 4))
  expect(run(scores, 20)).toEqual({ validations: 24, best: 1, bestValidation: 4 })
})

test('of equal scores the first counts', () => {
  expect(run([0.5, 0.5, 0.5, 0.5], 3)).toEqual({ validations: 4, best: 0.5, bestValidation: 1 })
})

test('a score that is no number stops, and the checkpoint before it counts', () => {
  expect(run([0.2, Number.NaN, 0.9], 20)).toEqual({ validations: 2, best: 0.2, bestValidation: 1 })
  expect(run([Number.NaN], 20).bestValidation).toBe(1)
})
