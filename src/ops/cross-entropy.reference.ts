/** Float64 truth of `cross-entropy.ts`. */
import { type TensorType, typeAt } from '../gpu/operator'

export function crossEntropyReference(
  [logits = new Float64Array(), labels = new Float64Array(), weights = new Float64Array()]: readonly Float64Array[],
  types: readonly TensorType[],
): Float64Array[] {
  const [folds = 1, rows = 1, classes = 1] = typeAt(types, 0, 'crossEntropy').shape
  const losses = new Float64Array(folds)
  for (let f = 0; f < folds; f++) {
    let sum = 0
    let total = 0
    for (let n = 0; n < rows; n++) {
      const row = logits.subarray((f * rows + n) * classes, (f * rows + n + 1) * classes)
      const weight = weights[f * rows + n] ?? Number.NaN
      const denominator = row.reduce((all, logit) => all + Math.exp(logit), 0)
      sum += weight * (Math.log(denominator) - (row[labels[n] ?? 0] ?? Number.NaN))
      total += weight
    }
    losses[f] = total > 0 ? sum / total : 0
  }
  return [losses]
}
