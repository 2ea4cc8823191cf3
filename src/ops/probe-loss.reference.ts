/** Float64 truth of `probe-loss.ts`. */
import { type TensorType, typeAt } from '../gpu/operator'
import { type ProbeLossAttributes, targetWords } from './probe-loss'

export function probeLossReference(
  inputs: readonly Float64Array[],
  types: readonly TensorType[],
  { classes, multilabel }: ProbeLossAttributes,
): Float64Array[] {
  const [logits, bias, rowItems, targets, state] = inputs.map((input) => Array.from(input))
  const [probes = 0, rows = 0, columns = 0] = typeAt(types, 0, 'probeLoss').shape
  const words = targetWords(classes)
  const ownRows = rowItems?.length === rows ? 0 : rows
  const losses = new Float64Array(probes)
  for (let probe = 0; probe < probes; probe++) {
    const count = state?.[4 * probe] ?? 0
    for (let row = 0; row < count; row++) {
      const item = rowItems?.[probe * ownRows + row] ?? 0
      const z = Array.from(
        { length: classes },
        (_, c) => (logits?.[(probe * rows + row) * columns + c] ?? 0) + (bias?.[probe * columns + c] ?? 0),
      )
      const wanted = z.map((_, c) => ((targets?.[item * words + Math.floor(c / 32)] ?? 0) / 2 ** (c % 32)) & 1)
      const largest = Math.max(...z)
      const total = largest + Math.log(z.reduce((sum, value) => sum + Math.exp(value - largest), 0))
      const terms = z.map((value, c) =>
        multilabel
          ? (Math.log1p(Math.exp(-Math.abs(value))) + Math.max(value, 0) - value * (wanted[c] ?? 0)) / classes
          : (total - value) * (wanted[c] ?? 0),
      )
      losses[probe] = (losses[probe] ?? 0) + terms.reduce((sum, term) => sum + term, 0) / count
    }
  }
  return [losses]
}
