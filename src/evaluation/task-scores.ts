/** From tested folds to a task's score and the files that let others check it. */
import { writeCsv } from '../formats/csv'
import { writeNpy } from '../formats/npy'
import { chanceOf, evaluate, evaluateClasses, likeliest, type MetricName, type Predictions } from './metrics'
import type { Validation } from './probe-training'

/** An item as the files name it. */
export interface NamedItem {
  readonly file: string
  readonly split: string
  /** Class indices. */
  readonly labels: readonly number[]
}

export interface ScoredFold {
  /** Of the split that was tested. */
  readonly name: string
  /** Positions of the tested items. */
  readonly rows: readonly number[]
  /** [rows, classes] */
  readonly scores: Float64Array
  readonly bestEpoch: number
  readonly curve: readonly Validation[]
}

export interface TaskScore {
  /** Mean over folds. */
  readonly value: number
  /** Sample deviation over folds; 0 for one fold. */
  readonly std: number
  readonly chance: number
  /** Tested items. */
  readonly n: number
  readonly folds: readonly { readonly name: string; readonly value: number; readonly classesLeftOut: number }[]
}

export function scoreTask(
  metric: MetricName,
  items: readonly NamedItem[],
  classes: number,
  folds: readonly ScoredFold[],
): TaskScore {
  const truthsOf = (rows: readonly number[]) => rows.map((row) => items[row]?.labels ?? [])
  const scored = folds.map(({ name, rows, scores }) => ({
    name,
    ...evaluate(metric, { classes, scores, truths: truthsOf(rows) }),
  }))
  const value = scored.reduce((sum, fold) => sum + fold.value, 0) / scored.length
  const squares = scored.reduce((sum, fold) => sum + (fold.value - value) ** 2, 0)
  const all = folds.flatMap(({ rows }) => rows)
  return {
    value,
    std: scored.length > 1 ? Math.sqrt(squares / (scored.length - 1)) : 0,
    chance: chanceOf(metric, { classes, truths: truthsOf(all) }),
    n: all.length,
    folds: scored,
  }
}

/** Predictions of all folds together, as if one probe had made them. */
function pooled(items: readonly NamedItem[], classes: number, folds: readonly ScoredFold[]): Predictions {
  const scores = new Float64Array(folds.reduce((sum, fold) => sum + fold.scores.length, 0))
  let at = 0
  for (const fold of folds) {
    scores.set(fold.scores, at)
    at += fold.scores.length
  }
  return { classes, scores, truths: folds.flatMap(({ rows }) => rows.map((row) => items[row]?.labels ?? [])) }
}

/** Items of class row that were taken for class column, over all folds: [classes, classes]. */
export function confusionOf(
  items: readonly NamedItem[],
  classes: number,
  folds: readonly ScoredFold[],
): Uint32Array<ArrayBuffer> {
  const counts = new Uint32Array(classes * classes)
  const predictions = pooled(items, classes, folds)
  predictions.truths.forEach(([truth = 0], item) => {
    const place = truth * classes + likeliest(predictions, item)
    counts[place] = (counts[place] ?? 0) + 1
  })
  return counts
}

/** Score of each class alone over all folds: for top-1 accuracy its recall; NaN where it cannot be scored. */
export function classScores(
  metric: MetricName,
  items: readonly NamedItem[],
  classes: number,
  folds: readonly ScoredFold[],
): number[] {
  if (metric !== 'top1_acc') return evaluateClasses(metric, pooled(items, classes, folds))
  const counts = confusionOf(items, classes, folds)
  return Array.from({ length: classes }, (_, label) => {
    const row = counts.subarray(label * classes, (label + 1) * classes)
    return (row[label] ?? 0) / row.reduce((a, b) => a + b, 0)
  })
}

export interface TaskFile {
  readonly name: string
  readonly parts: readonly Uint8Array[]
}

/**
 * `embeddings.npy` [items, D], `index.csv` (`file,split,labels`, a row per row of the matrix, labels joined by `|`) and
 * `predictions.csv` (`file,fold,truth`, then a score column per label).
 */
export function taskFiles(
  items: readonly NamedItem[],
  labels: readonly string[],
  embeddings: readonly Float32Array[],
  folds: readonly ScoredFold[],
): TaskFile[] {
  const text = (rows: readonly (readonly (string | number)[])[]) => [new TextEncoder().encode(writeCsv(rows))]
  const joined = ({ labels: own }: NamedItem) => own.map((label) => labels[label] ?? '').join('|')
  const width = embeddings[0]?.length ?? 0
  const matrix = new Float32Array(items.length * width)
  embeddings.forEach((row, item) => {
    matrix.set(row, item * width)
  })
  const predictions = folds.flatMap(({ name, rows, scores }) =>
    rows.flatMap((row, position) => {
      const item = items[row]
      const own = scores.subarray(position * labels.length, (position + 1) * labels.length)
      return item ? [[item.file, name, joined(item), ...own]] : []
    }),
  )
  return [
    { name: 'embeddings.npy', parts: writeNpy(matrix, [items.length, width]) },
    {
      name: 'index.csv',
      parts: text([['file', 'split', 'labels'], ...items.map((item) => [item.file, item.split, joined(item)])]),
    },
    { name: 'predictions.csv', parts: text([['file', 'fold', 'truth', ...labels], ...predictions]) },
  ]
}
