/**
 * How linear probes are split and scored: one title is left out at a time, and what is counted are labelled segments, not
 * their dubs, which are no independent observations.
 */
import { wilsonInterval } from '../schema/intervals'

/** A labelled segment in one language (or its picture), embedded as a clip of its own. */
export interface ProbeItem {
  /** Segments are numbered over all titles. */
  readonly segment: number
  readonly title: number
  /** Class index: of the segment's label, or of the item's language. */
  readonly label: number
}

/** Positions of items; `test` are all items of one title. */
export interface Fold {
  readonly title: number
  readonly train: readonly number[]
  readonly test: readonly number[]
}

export interface ProbeScore {
  readonly value: number
  /** 95 % over segments. */
  readonly interval: readonly [low: number, high: number]
  /** What always answering the largest class would score. */
  readonly chance: number
  /** Segments. */
  readonly n: number
}

/** Distinct labels in a fixed order, and each label's index among them. */
export function classesOf(labels: readonly string[]): { classes: readonly string[]; indices: readonly number[] } {
  const classes = [...new Set(labels)].sort()
  const indexOf = new Map(classes.map((label, index) => [label, index]))
  return { classes, indices: labels.map((label) => indexOf.get(label) ?? 0) }
}

/**
 * One fold per title, in order of their numbers.
 * @throws when there is one title only: nothing would be left to learn from.
 */
export function leaveOneTitleOut(items: readonly Pick<ProbeItem, 'title'>[]): Fold[] {
  const titles = [...new Set(items.map(({ title }) => title))].sort((a, b) => a - b)
  if (titles.length < 2)
    throw new Error(
      `A probe leaves one title out at a time and needs at least 2 labelled titles; there are ${titles.length}.`,
    )
  const positions = [...items.keys()]
  return titles.map((title) => ({
    title,
    train: positions.filter((position) => items[position]?.title !== title),
    test: positions.filter((position) => items[position]?.title === title),
  }))
}

/**
 * Accuracy over segments from the logits that each item got while its title was left out.
 * Items of a segment that share a label (its dubs, asked for the scene) are asked together: their probabilities are
 * averaged. A segment whose items differ in label (asked for the language) scores the share that is right.
 * @param logits [items, classes]
 */
export function scoreFolds(items: readonly ProbeItem[], logits: Float32Array, classes: number): ProbeScore {
  if (logits.length !== items.length * classes)
    throw new Error(
      `${items.length} items of ${classes} classes need ${items.length * classes} logits, not ${logits.length}.`,
    )
  /** Per segment, the summed probabilities of the items of each label. */
  const segments = new Map<number, Map<number, Float64Array>>()
  for (const [position, { segment, label }] of items.entries()) {
    const groups = segments.get(segment) ?? new Map<number, Float64Array>()
    const pooled = groups.get(label) ?? new Float64Array(classes)
    for (const [k, p] of softmax(logits.subarray(position * classes, (position + 1) * classes)).entries())
      pooled[k] = (pooled[k] ?? 0) + p
    segments.set(segment, groups.set(label, pooled))
  }
  const n = segments.size
  const shares = new Float64Array(classes)
  let right = 0
  for (const groups of segments.values())
    for (const [label, pooled] of groups) {
      const weight = 1 / groups.size
      shares[label] = (shares[label] ?? 0) + weight
      if (pooled.indexOf(Math.max(...pooled)) === label) right += weight
    }
  const value = n === 0 ? 0 : right / n
  return { value, interval: wilsonInterval(value, n), chance: n === 0 ? 0 : Math.max(...shares) / n, n }
}

function softmax(logits: Float32Array): Float64Array {
  const most = Math.max(...logits)
  const powers = Float64Array.from(logits, (logit) => Math.exp(logit - most))
  const sum = powers.reduce((a, b) => a + b, 0)
  return powers.map((power) => power / sum)
}
