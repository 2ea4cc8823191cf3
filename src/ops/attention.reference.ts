/** Float64 truth of `attention.ts`: the whole attention matrix, row by row. */
import { type TensorType, typeAt } from '../gpu/operator'
import type { AttentionAttributes } from './attention-sizes'

export function attentionReference(
  inputs: readonly Float64Array[],
  types: readonly TensorType[],
  { scale, cls, gridKv }: AttentionAttributes,
): Float64Array[] {
  const [q, k, v, P] = inputs
  const at = (array: Float64Array | undefined, index: number) => array?.[index] ?? Number.NaN
  const [batch = 0, heads = 0, queries = 0, width = 0] = typeAt(types, 0, 'attention').shape
  const keys = typeAt(types, 1, 'attention').shape[2] ?? 0
  const columns = types[3]?.shape[3] ?? 0
  const [, kh, kw] = gridKv
  const o: number[] = []
  const logSumExp: number[] = []
  const kept: number[] = []
  for (let item = 0; item < batch * heads; item++)
    for (let n = 0; n < queries; n++) {
      const row = item * queries + n
      const scores = Array.from({ length: keys }, (_, key) => {
        let score = 0
        for (let d = 0; d < width; d++) score += scale * at(q, row * width + d) * at(k, (item * keys + key) * width + d)
        if (!P || n < cls || key < cls) return score
        const place = key - cls
        score += at(P, row * columns + (Math.floor(place / kw) % kh)) + at(P, row * columns + kh + (place % kw))
        if (columns > kh + kw) score += at(P, row * columns + kh + kw + Math.floor(place / (kh * kw)))
        return score
      })
      const peak = Math.max(...scores)
      const weights = scores.map((score) => Math.exp(score - peak))
      const total = weights.reduce((a, b) => a + b, 0)
      for (const weight of weights) kept.push(weight / total)
      for (let d = 0; d < width; d++)
        o.push(weights.reduce((sum, weight, key) => sum + (weight / total) * at(v, (item * keys + key) * width + d), 0))
      logSumExp.push(peak + Math.log(total))
    }
  return [Float64Array.from(o), Float64Array.from(logSumExp), Float64Array.from(kept)]
}
