import { u32Tensor } from '../gpu/operator'
import { type ProbeLossAttributes, probeLoss, targetWords } from './probe-loss'
import { probeLossReference } from './probe-loss.reference'
import { type OperatorCase, shape, testOperator } from './testing'

interface Shape {
  readonly probes: number
  readonly rows: number
  readonly columns: number
  readonly counts: readonly number[]
  /** Whether every probe has rows of its own. */
  readonly own: boolean
}

const items = 9

function lossCase(
  name: string,
  attributes: ProbeLossAttributes,
  { probes, rows, columns, counts, own }: Shape,
): OperatorCase<ProbeLossAttributes> {
  const { classes, multilabel } = attributes
  const words = targetWords(classes)
  return {
    name,
    attributes,
    inputs: [
      shape(probes, rows, columns),
      shape(probes, columns),
      own ? u32Tensor(probes, rows) : u32Tensor(rows),
      u32Tensor(items, words),
      u32Tensor(probes, 4),
    ],
    make(index, random) {
      if (index === 2)
        return Uint32Array.from({ length: (own ? probes : 1) * rows }, () => Math.floor(random() * items))
      if (index === 4) return Uint32Array.from(counts.flatMap((count) => [count, 0, 0, 0]))
      if (index !== 3) return null
      const targets = new Uint32Array(items * words)
      for (let item = 0; item < items; item++) {
        const labels = multilabel
          ? Array.from({ length: classes }, (_, c) => c).filter(() => random() < 0.3)
          : [Math.floor(random() * classes)]
        for (const c of labels) {
          const word = item * words + Math.floor(c / 32)
          targets[word] = (targets[word] ?? 0) + 2 ** (c % 32)
        }
      }
      return targets
    },
    gradientOf: [0, 1],
  }
}

testOperator({
  operator: probeLoss,
  reference: probeLossReference,
  cases: [
    lossCase(
      'one class an item, shared rows',
      { classes: 5, multilabel: false },
      { probes: 3, rows: 12, columns: 8, counts: [12, 12, 7], own: false },
    ),
    lossCase(
      'one class an item, rows of its own for each probe, more classes than a word',
      { classes: 50, multilabel: false },
      { probes: 2, rows: 132, columns: 52, counts: [131, 70], own: true },
    ),
    lossCase(
      'several labels an item',
      { classes: 34, multilabel: true },
      { probes: 2, rows: 68, columns: 36, counts: [68, 1], own: false },
    ),
    lossCase(
      'a probe without rows',
      { classes: 3, multilabel: true },
      { probes: 2, rows: 4, columns: 4, counts: [0, 3], own: false },
    ),
  ],
})
