import { expect, test } from 'vitest'
import { difference, estimate } from './bootstrap'
import { randomStream } from './random.testing'

const items = 40

/** Accuracies around `share`, whose titles and seeds differ by as much. */
function scores(share: number, titles: number, seeds: number, spread: { title: number; seed: number }, from = 1) {
  const { normal } = randomStream(from)
  const ofTitle = Array.from({ length: titles }, () => spread.title * normal())
  return Array.from({ length: seeds }, () => {
    const ofSeed = spread.seed * normal()
    return {
      chance: 0.25,
      titles: ofTitle.map((own, title) => ({ title, items, right: items * (share + own + ofSeed) })),
    }
  })
}

test('an interval is as wide as titles make it', () => {
  const { value, interval } = estimate(scores(0.5, 64, 1, { title: 0.1, seed: 0 }))
  const halfWidth = (interval[1] - interval[0]) / 2
  // 1.96 standard errors of a mean of 64 values of deviation 0.1.
  expect(halfWidth).toBeGreaterThan(0.018)
  expect(halfWidth).toBeLessThan(0.031)
  expect(interval[0]).toBeLessThan(value)
  expect(interval[1]).toBeGreaterThan(value)
})

test('seeds widen it, and equal draws are equal', () => {
  const narrow = estimate(scores(0.5, 20, 4, { title: 0.05, seed: 0 }))
  const wide = estimate(scores(0.5, 20, 4, { title: 0.05, seed: 0.1 }))
  expect(wide.interval[1] - wide.interval[0]).toBeGreaterThan(1.5 * (narrow.interval[1] - narrow.interval[0]))
  expect(estimate(scores(0.5, 20, 4, { title: 0.05, seed: 0.1 }))).toEqual(wide)
})

test('what titles and seeds share drops out of a difference', () => {
  const one = scores(0.5, 12, 3, { title: 0.2, seed: 0.1 })
  const other = scores(0.45, 12, 3, { title: 0.2, seed: 0.1 })
  const { value, interval, factor } = difference(one, other)
  expect(value).toBeCloseTo(0.05, 9)
  expect(interval[0]).toBeCloseTo(0.05, 9)
  expect(factor).toBeLessThan(1e-9)
  expect(difference(one, one)).toMatchObject({ value: 0, interval: [0, 0] })
})

test('a factor is what the interval lacks: as many more titles and seeds leave out zero', () => {
  const noise = { title: 0.1, seed: 0.02 }
  const short = difference(scores(0.52, 16, 4, noise, 1), scores(0.5, 16, 4, noise, 2))
  expect(short.interval[0]).toBeLessThan(0)
  expect(short.factor).toBeGreaterThan(1)
  const { value, factor } = short
  const halfWidth = (short.interval[1] - short.interval[0]) / 2
  expect(factor).toBeGreaterThan(0.7 * (halfWidth / value) ** 2)
  expect(factor).toBeLessThan(1.4 * (halfWidth / value) ** 2)
})

test('a row without seeds is compared with every seed; other titles are refused', () => {
  const seeds = scores(0.5, 12, 3, { title: 0.1, seed: 0.05 })
  const { interval } = difference(seeds, seeds.slice(0, 1))
  expect(interval[1] - interval[0]).toBeGreaterThan(0.01)
  expect(() => difference(seeds, seeds.slice(0, 2))).toThrow('same seeds')
  expect(() => difference(seeds, scores(0.5, 11, 3, { title: 0, seed: 0 }))).toThrow('same titles')
})
