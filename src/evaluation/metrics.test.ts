import { describe, expect, it, test } from 'vitest'
import reference from './fixtures/metrics.json'
import { chanceOf, evaluate, type MetricName, metricNames } from './metrics'
import { normalQuantile } from './normal-quantile'

describe('scikit-learn and SciPy agree to 1e-9', () => {
  for (const { name, scores, truths, expected, classesLeftOut } of reference.cases)
    for (const metric of metricNames) {
      const wanted = (expected as Partial<Record<MetricName, number>>)[metric]
      if (wanted === undefined) continue
      it(`${metric}: ${name}`, () => {
        const predictions = { classes: 4, scores: Float64Array.from(scores.flat()), truths }
        const found = evaluate(metric, predictions)
        expect(Math.abs(found.value - wanted)).toBeLessThan(1e-9)
        expect(found.classesLeftOut).toBe((classesLeftOut as Partial<Record<MetricName, number>>)[metric] ?? 0)
      })
    }

  it('quantiles of the normal distribution', () => {
    for (const [p = 0, z = 0] of reference.quantiles)
      expect(Math.abs(normalQuantile(p) / (z || 1) - (z ? 1 : 0))).toBeLessThan(1e-13)
  })
})

test('a perfect ranking has an infinite d prime, as in SciPy', () => {
  const perfect = { classes: 1, scores: Float64Array.of(0.9, 0.1), truths: [[0], []] }
  expect(evaluate('d_prime', perfect).value).toBe(Number.POSITIVE_INFINITY)
  expect(evaluate('aucroc', perfect).value).toBe(1)
})

test('without any scorable class there is no score', () => {
  const empty = { classes: 2, scores: Float64Array.of(0.9, 0.1), truths: [[]] }
  expect(evaluate('mAP', empty)).toEqual({ value: Number.NaN, classesLeftOut: 2 })
})

test('chance is the largest class, or the mean share of positives over the classes that occur', () => {
  const truths = [[0], [0], [1], [0]]
  expect(chanceOf('top1_acc', { classes: 3, truths })).toBe(0.75)
  expect(chanceOf('mAP', { classes: 3, truths })).toBe(0.5)
})
