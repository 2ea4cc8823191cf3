/** Float64 truth of `clip-loss.ts`: cross entropy of the diagonal by rows and by columns, averaged. */
import { dimension, type TensorType, typeAt } from '../gpu/operator'

export function clipLossReference(
  [similarity = new Float64Array()]: readonly Float64Array[],
  types: readonly TensorType[],
): Float64Array[] {
  const size = dimension(typeAt(types, 0, 'clipLoss'), 0)
  const at = (i: number, j: number) => similarity[i * size + j] ?? Number.NaN
  const indices = Array.from({ length: size }, (_, index) => index)
  const crossEntropy = (own: number, row: readonly number[]) =>
    -Math.log(Math.exp(own) / row.reduce((sum, value) => sum + Math.exp(value), 0))
  let sum = 0
  for (const i of indices) {
    const byRow = indices.map((j) => at(i, j))
    const byColumn = indices.map((j) => at(j, i))
    sum += (crossEntropy(at(i, i), byRow) + crossEntropy(at(i, i), byColumn)) / 2
  }
  return [Float64Array.of(sum / size)]
}
