/** Float64 truth of `contrastive-loss.ts`: Eq. 1 of the paper as it stands there, as a mean over i. */
import { dimension, type TensorType, typeAt } from '../gpu/operator'

export function contrastiveLossReference(
  [similarity = new Float64Array()]: readonly Float64Array[],
  types: readonly TensorType[],
): Float64Array[] {
  const size = dimension(typeAt(types, 0, 'contrastiveLoss'), 0)
  const at = (i: number, j: number) => similarity[i * size + j] ?? Number.NaN
  let sum = 0
  for (let i = 0; i < size; i++) {
    let denominator = Math.exp(at(i, i))
    for (let j = 0; j < size; j++) if (j !== i) denominator += Math.exp(at(i, j)) + Math.exp(at(j, i))
    sum -= Math.log(Math.exp(at(i, i)) / denominator)
  }
  return [Float64Array.of(sum / size)]
}
