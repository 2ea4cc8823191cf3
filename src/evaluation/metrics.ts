/**
 * Scores of classifiers in float64, as scikit-learn and SciPy compute them (`spec/evaluation.md` section 2.5): top-1
 * accuracy, macro average precision, macro ROC-AUC and d'.
 */
import { normalQuantile } from './normal-quantile'

export const metricNames = ['top1_acc', 'mAP', 'aucroc', 'd_prime'] as const
export type MetricName = (typeof metricNames)[number]

/** Scores and truths of some items. */
export interface Predictions {
  readonly classes: number
  /** [items, classes], larger is more likely. */
  readonly scores: Float64Array
  /** Per item the indices of its classes; one where classes exclude each other. */
  readonly truths: readonly (readonly number[])[]
}

export interface MetricValue {
  readonly value: number
  /** Classes that could not be scored and are no part of the mean: without positives, for AUC also without negatives. */
  readonly classesLeftOut: number
}

/** Scores of one class, positives and negatives each in ascending order. */
interface ClassScores {
  readonly positives: Float64Array
  readonly negatives: Float64Array
}

function scoresByClass({ classes, scores, truths }: Predictions): ClassScores[] {
  const positiveOf = Array.from({ length: classes }, () => new Uint8Array(truths.length))
  truths.forEach((truth, item) => {
    for (const label of truth) positiveOf[label]?.fill(1, item, item + 1)
  })
  return positiveOf.map((isPositive, label) => {
    const positives: number[] = []
    const negatives: number[] = []
    isPositive.forEach((positive, item) => {
      const score = scores[item * classes + label] ?? Number.NaN
      if (positive) positives.push(score)
      else negatives.push(score)
    })
    // Typed arrays sort by value.
    return { positives: Float64Array.from(positives).sort(), negatives: Float64Array.from(negatives).sort() }
  })
}

/**
 * Average precision of one class: sum over distinct descending scores of (recall gained) times precision, ties grouped
 * (scikit-learn's `average_precision_score`). @returns NaN without positives.
 */
function averagePrecision({ positives, negatives }: ClassScores): number {
  let precision = 0
  let p = positives.length
  let n = negatives.length
  let hits = 0
  let misses = 0
  while (p > 0) {
    const score = positives[p - 1] as number
    while (n > 0 && (negatives[n - 1] as number) >= score) {
      n--
      misses++
    }
    let tied = 0
    while (p > 0 && positives[p - 1] === score) {
      p--
      tied++
    }
    // A score that is no number equals nothing, not even itself.
    if (tied === 0) return Number.NaN
    hits += tied
    precision += (tied * hits) / (hits + misses)
  }
  return precision / positives.length
}

/** Area under the ROC curve of one class: the share of pairs in order, ties counting half. @returns NaN for one-sided labels. */
function areaUnderRoc({ positives, negatives }: ClassScores): number {
  let pairs = 0
  let below = 0
  let notAbove = 0
  for (const score of positives) {
    while (below < negatives.length && (negatives[below] as number) < score) below++
    notAbove = Math.max(notAbove, below)
    while (notAbove < negatives.length && (negatives[notAbove] as number) <= score) notAbove++
    pairs += (below + notAbove) / 2
  }
  return pairs / (positives.length * negatives.length)
}

/** d' of an area: sqrt(2) times the normal quantile; infinite at 0 and 1. */
const dPrime = (area: number): number => Math.SQRT2 * normalQuantile(area)

/** The class of an item's highest score, the first on ties. */
export function likeliest({ classes, scores }: Predictions, item: number): number {
  const row = scores.subarray(item * classes, (item + 1) * classes)
  return row.reduce((best, score, label) => (score > (row[best] ?? Number.NaN) ? label : best), 0)
}

/** Share of items whose highest score is that of their class. */
const topOne = (predictions: Predictions): number =>
  predictions.truths.filter((truth, item) => likeliest(predictions, item) === Math.min(...truth)).length /
  predictions.truths.length

const perClass: Readonly<Record<Exclude<MetricName, 'top1_acc'>, (scores: ClassScores) => number>> = {
  mAP: averagePrecision,
  aucroc: areaUnderRoc,
  d_prime: (scores) => dPrime(areaUnderRoc(scores)),
}

/** Score of each class; NaN without positives, and for AUC and d' without negatives. */
export const evaluateClasses = (metric: Exclude<MetricName, 'top1_acc'>, predictions: Predictions): number[] =>
  scoresByClass(predictions).map((scores) =>
    scores.positives.length > 0 && (metric === 'mAP' || scores.negatives.length > 0)
      ? perClass[metric](scores)
      : Number.NaN,
  )

/**
 * One score over all items; `mAP`, `aucroc` and `d_prime` are plain means over the classes that can be scored.
 * @returns NaN when no class can be.
 */
export function evaluate(metric: MetricName, predictions: Predictions): MetricValue {
  if (metric === 'top1_acc') return { value: topOne(predictions), classesLeftOut: 0 }
  const scored = evaluateClasses(metric, predictions).filter((score) => !Number.isNaN(score))
  const sum = scored.reduce((total, score) => total + score, 0)
  return { value: sum / scored.length, classesLeftOut: predictions.classes - scored.length }
}

/** What guessing would score: the largest class, the mean share of positives, half the area, or nothing at all. */
export function chanceOf(metric: MetricName, { classes, truths }: Omit<Predictions, 'scores'>): number {
  if (metric === 'aucroc') return 0.5
  if (metric === 'd_prime') return 0
  const counts = new Float64Array(classes)
  for (const truth of truths) for (const label of truth) counts[label] = (counts[label] ?? 0) + 1
  if (metric === 'top1_acc') return Math.max(...counts) / truths.length
  const present = counts.filter((count) => count > 0)
  return present.reduce((sum, count) => sum + count, 0) / present.length / truths.length
}
