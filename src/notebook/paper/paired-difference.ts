/**
 * How much better one run is than another on the same test items: the difference of their shares of right answers, with a
 * bootstrap interval over the items, which both runs share (Efron and Tibshirani, 1993, chapter 13: percentiles).
 */
import { parseCsv } from '../../formats/csv'
import { randomStream, randomStreams } from '../../schema/random'

export interface PairedDifference {
  /** Share of right answers of the first run less that of the second. */
  readonly difference: number
  /** 95 % */
  readonly interval: readonly [low: number, high: number]
  /** Items that both runs were tested on. */
  readonly n: number
}

const draws = 2000

/** @param first share of right answers to each item, by item; @param second the same of the other run */
export function pairedDifference(
  first: ReadonlyMap<string, number>,
  second: ReadonlyMap<string, number>,
  seed: number,
): PairedDifference | null {
  const gains = [...first].flatMap(([item, right]) => {
    const other = second.get(item)
    return other === undefined ? [] : [right - other]
  })
  const n = gains.length
  if (n === 0) return null
  const random = randomStream(seed, 0, randomStreams.bootstrap)
  const means = Array.from({ length: draws }, () => {
    let sum = 0
    for (let i = 0; i < n; i++) sum += gains[random.integer(n)] as number
    return sum / n
  }).sort((a, b) => a - b)
  const at = (share: number) => means[Math.min(draws - 1, Math.floor(share * draws))] ?? Number.NaN
  return {
    difference: gains.reduce((sum, gain) => sum + gain, 0) / n,
    interval: [at(0.025), at(0.975)],
    n,
  }
}

/** Linear probes answer once for each seed. */
const seedFold = /^seed \d+$/

/**
 * Reads how often a `predictions.csv` (`file,fold,truth`, then a score per label) has each item right: the first label of the
 * highest score is the answer. Answers of several seeds to one item are one observation. Null for items of several labels,
 * which are not right or wrong.
 */
export function rightAnswers(predictions: string): ReadonlyMap<string, number> | null {
  const [head, ...rows] = parseCsv(predictions)
  const labels = head?.fields.slice(3) ?? []
  const answers = new Map<string, boolean[]>()
  for (const { fields } of rows) {
    const [file = '', fold = '', truth = '', ...scores] = fields
    if (!labels.includes(truth)) return null
    let best = 0
    for (const [index, score] of scores.entries()) if (Number(score) > Number(scores[best])) best = index
    const item = seedFold.test(fold) ? file : `${fold}\t${file}`
    answers.set(item, [...(answers.get(item) ?? []), labels[best] === truth])
  }
  return new Map([...answers].map(([item, own]) => [item, own.filter(Boolean).length / own.length]))
}
