/** From a probe's logits to probabilities and loss, in float64; probabilities are rounded to float32, as PyTorch gives them. */

/** Softmax of each row, or the sigmoid of each logit where an item may have several labels: [items, classes]. */
export function scoresOf(logits: Float32Array, classes: number, multilabel: boolean): Float64Array {
  const scores = new Float64Array(logits.length)
  if (multilabel) return Float64Array.from(logits, (z) => Math.fround(1 / (1 + Math.exp(-z))))
  for (let from = 0; from < logits.length; from += classes) {
    const row = logits.subarray(from, from + classes)
    const largest = Math.max(...row)
    const powers = Float64Array.from(row, (z) => Math.exp(z - largest))
    const sum = powers.reduce((a, b) => a + b, 0)
    scores.set(
      powers.map((power) => Math.fround(power / sum)),
      from,
    )
  }
  return scores
}

/** Mean cross-entropy, or mean binary cross-entropy over items and classes. */
export function lossOf(
  logits: Float32Array,
  truths: readonly (readonly number[])[],
  classes: number,
  multilabel: boolean,
): number {
  let sum = 0
  for (const [item, truth] of truths.entries()) {
    const row = Array.from(logits.subarray(item * classes, (item + 1) * classes))
    const wanted = truth.reduce((total, label) => total + (row[label] ?? Number.NaN), 0)
    if (multilabel) {
      const softplus = row.reduce((total, z) => total + Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))), 0)
      sum += (softplus - wanted) / classes
    } else {
      const largest = Math.max(...row)
      sum += largest + Math.log(row.reduce((total, z) => total + Math.exp(z - largest), 0)) - wanted
    }
  }
  return sum / truths.length
}
