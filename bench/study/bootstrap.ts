/**
 * Intervals of accuracies and of their differences: titles and seeds are drawn with replacement, independently of each
 * other (crossed, as every seed meets every title), and both sides of a difference get the same draw.
 */
import type { TaskScore } from './score'

/** [seeds] */
export type Scores = readonly TaskScore[]

export interface Estimate {
  readonly value: number
  /** 95 %, percentiles of the bootstrap. */
  readonly interval: readonly [low: number, high: number]
}

export interface DifferenceEstimate extends Estimate {
  /** How many times the titles and the seeds it would take for an interval of this centre and spread to leave out 0. */
  readonly factor: number
}

const draws = 10_000
const z95 = 1.959964

/** Numbers from 0 to 1, the same for the same seed (Marsaglia's xorshift, 32 bits). */
function randomOf(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1
  return () => {
    state ^= state << 13
    state >>>= 0
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state / 2 ** 32
  }
}

/** Accuracy over the items of some titles, averaged over some seeds. */
function accuracy(scores: Scores, seeds: readonly number[], titles: readonly number[]): number {
  let sum = 0
  for (const seed of seeds) {
    let right = 0
    let items = 0
    for (const title of titles) {
      const score = scores[seed]?.titles[title]
      right += score?.right ?? 0
      items += score?.items ?? 0
    }
    sum += right / items
  }
  return sum / seeds.length
}

function checked(sides: readonly Scores[]): { seeds: number; titles: number } {
  const seeds = Math.max(...sides.map((side) => side.length))
  const titles = sides[0]?.[0]?.titles.map(({ title }) => title) ?? []
  for (const side of sides) {
    // What has no seed counts for all.
    if (side.length !== seeds && side.length !== 1) throw new Error('Both sides need the same seeds.')
    for (const score of side)
      if (score.titles.map(({ title }) => title).join() !== titles.join())
        throw new Error('Both sides need the same titles.')
  }
  if (seeds === 0 || titles.length === 0) throw new Error('There are no scores.')
  return { seeds, titles: titles.length }
}

/** Draws of a statistic of scores, sorted. */
function drawn(
  sides: readonly Scores[],
  statistic: (values: readonly number[]) => number,
): { value: number; draws: Float64Array } {
  const { seeds, titles } = checked(sides)
  const random = randomOf(seeds * 1000 + titles)
  const draw = (n: number) => Array.from({ length: n }, () => Math.floor(random() * n))
  const of = (drawnSeeds: readonly number[], drawnTitles: readonly number[]) =>
    statistic(sides.map((side) => accuracy(side, side.length === 1 ? [0] : drawnSeeds, drawnTitles)))
  return {
    value: of([...Array(seeds).keys()], [...Array(titles).keys()]),
    draws: Float64Array.from({ length: draws }, () => of(draw(seeds), draw(titles))).sort(),
  }
}

const intervalOf = (sorted: Float64Array): [number, number] => [
  sorted[Math.floor(0.025 * (sorted.length - 1))] ?? 0,
  sorted[Math.ceil(0.975 * (sorted.length - 1))] ?? 0,
]

/** Accuracy of one row; with one seed, over titles alone. */
export function estimate(scores: Scores): Estimate {
  const { value, draws: sorted } = drawn([scores], ([one = 0]) => one)
  return { value, interval: intervalOf(sorted) }
}

/** Accuracy of one row less that of another, paired. */
export function difference(minuend: Scores, subtrahend: Scores): DifferenceEstimate {
  const { value, draws: sorted } = drawn([minuend, subtrahend], ([a = 0, b = 0]) => a - b)
  const mean = sorted.reduce((sum, one) => sum + one, 0) / sorted.length
  const spread = Math.sqrt(sorted.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (sorted.length - 1))
  return { value, interval: intervalOf(sorted), factor: value === 0 ? Infinity : ((z95 * spread) / value) ** 2 }
}
