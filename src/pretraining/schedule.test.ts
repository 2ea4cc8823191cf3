import { expect, it } from 'vitest'
import { learningRateAt } from './schedule'

const schedule = { steps: 200, learningRate: 1e-3, minLearningRate: 1e-6, warmupShare: 0.15 }

it('warms up linearly from the minimum over the first 15 % of steps', () => {
  expect(learningRateAt(0, schedule)).toBeCloseTo(1e-6, 12)
  expect(learningRateAt(15, schedule)).toBeCloseTo(1e-6 + (1e-3 - 1e-6) / 2, 12)
  expect(learningRateAt(30, schedule)).toBeCloseTo(1e-3, 12)
})

it('falls along half a cosine to the minimum', () => {
  expect(learningRateAt(115, schedule)).toBeCloseTo(1e-6 + (1e-3 - 1e-6) / 2, 12)
  expect(learningRateAt(200, schedule)).toBeCloseTo(1e-6, 12)
})

it('starts at the full rate without warm-up', () => {
  expect(learningRateAt(0, { ...schedule, warmupShare: 0 })).toBeCloseTo(1e-3, 12)
})
