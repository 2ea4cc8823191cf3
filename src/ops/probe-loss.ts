/**
 * Losses of many classifiers at once: cross-entropy where classes exclude each other, binary cross-entropy where an item
 * may have several or none. Means over rows (and classes), as PyTorch's.
 */

import rowsSource from '../../shaders/loss/probe_rows.wgsl?raw'
import sumRowsSource from '../../shaders/matmul/sum_rows.wgsl?raw'
import {
  type Binding,
  dimension,
  elementCount,
  f32Tensor,
  type Launch,
  type Operator,
  type Target,
  type TensorType,
  typeAt,
} from '../gpu/operator'
import { requireCount, threads } from './elements'
import { sumPartsLaunch } from './matmul-launch'

export interface ProbeLossAttributes {
  /** The first so many columns are classes; the others fill up to a multiple of 4. */
  readonly classes: number
  readonly multilabel: boolean
}

/** Words of 32 bits that hold an item's classes. */
export const targetWords = (classes: number): number => Math.ceil(classes / 32)

function sizesOf(inputs: readonly TensorType[], { classes }: ProbeLossAttributes) {
  const [probes, rows, columns, ...more] = typeAt(inputs, 0, 'probeLoss').shape
  if (probes === undefined || rows === undefined || columns === undefined || more.length > 0)
    throw new Error('logits must be [probes, rows, columns]')
  if (classes > columns) throw new Error(`${classes} classes are more than ${columns} columns`)
  requireCount(typeAt(inputs, 1, 'probeLoss'), probes * columns, 'the bias')
  const own = elementCount(typeAt(inputs, 2, 'probeLoss')) === probes * rows && probes > 1
  if (!own) requireCount(typeAt(inputs, 2, 'probeLoss'), rows, 'the rows’ items')
  const words = dimension(typeAt(inputs, 3, 'probeLoss'), -1)
  if (words !== targetWords(classes)) throw new Error(`${classes} classes need ${targetWords(classes)} words an item`)
  requireCount(typeAt(inputs, 4, 'probeLoss'), 4 * probes, 'the state')
  for (const index of [2, 3, 4])
    if (typeAt(inputs, index, 'probeLoss').dtype !== 'u32') throw new Error(`input ${index} must be u32`)
  return { probes, rows, columns, words, rowStride: own ? rows : 0 }
}

/** One launch over all rows: of the terms, or of the cotangents. */
function rowsLaunch(
  inputs: readonly TensorType[],
  attributes: ProbeLossAttributes,
  gradient: boolean,
  further: readonly Binding[],
  target: Target,
): Launch {
  const { probes, rows, columns, words, rowStride } = sizesOf(inputs, attributes)
  const given = [0, 1, 2, 3, 4].map((input) => ({ input }))
  return {
    source: rowsSource,
    entryPoint: 'loss_rows',
    constants: { VEC4: false, MULTILABEL: attributes.multilabel, GRADIENT: gradient },
    uniforms: [probes, rows, columns, attributes.classes, words, rowStride],
    bindings: [...given, ...further],
    workgroups: threads(probes * rows, target),
    flops: 30 * probes * rows * columns,
  }
}

/** Rows that one thread adds up. */
const stretch = 64
const stretches = (rows: number): number => Math.ceil(rows / stretch)

/** to [P, C] = sum over rows of from [P, N, C], by stretches through a workspace [stretches, P, C]. */
function sumOverRows(
  { probes, rows }: { readonly probes: number; readonly rows: number },
  columns: number,
  from: Binding,
  { workspace, output }: { readonly workspace: number; readonly output: number },
  target: Target,
): Launch[] {
  const splits = stretches(rows)
  return [
    {
      source: sumRowsSource,
      entryPoint: 'sum_rows',
      uniforms: [rows, columns, stretch, probes],
      bindings: [from, { workspace }],
      workgroups: [Math.ceil(columns / 64), splits, probes],
      flops: probes * rows * columns,
    },
    sumPartsLaunch(probes * columns, splits, target, workspace, output),
  ]
}

/**
 * logits [P, N, C], bias [P, C], rows' items u32 [N] or [P, N], targets u32 [items, words] (a bit per class), state u32
 * [P, 4] (rows that count, ...) -> loss [P]; rows behind those that count give nothing.
 */
export const probeLoss: Operator<ProbeLossAttributes> = {
  name: 'probeLoss',
  infer: (inputs, attributes) => [f32Tensor(sizesOf(inputs, attributes).probes)],
  workspace(inputs, attributes) {
    const { probes, rows } = sizesOf(inputs, attributes)
    return [f32Tensor(probes, rows), f32Tensor(stretches(rows), probes)]
  },
  launch({ inputs, attributes }, target) {
    return [
      rowsLaunch(inputs, attributes, false, [{ workspace: 0 }], target),
      ...sumOverRows(sizesOf(inputs, attributes), 1, { workspace: 0 }, { workspace: 1, output: 0 }, target),
    ]
  },
  gradient(builder, { attributes, inputValues }, [dLoss]) {
    return dLoss ? builder.apply(probeLossGradient, [...inputValues, dLoss], attributes) : []
  },
}

/** The inputs of {@link probeLoss}, dloss [P] -> dlogits [P, N, C], dbias [P, C]. */
const probeLossGradient: Operator<ProbeLossAttributes> = {
  name: 'probeLossGradient',
  infer(inputs, attributes) {
    const { probes, rows, columns } = sizesOf(inputs, attributes)
    requireCount(typeAt(inputs, 5, 'probeLossGradient'), probes, 'the cotangent')
    return [f32Tensor(probes, rows, columns), f32Tensor(probes, columns)]
  },
  workspace(inputs, attributes) {
    const { probes, rows, columns } = sizesOf(inputs, attributes)
    return [f32Tensor(stretches(rows), probes, columns)]
  },
  launch({ inputs, attributes }, target) {
    const sizes = sizesOf(inputs, attributes)
    return [
      rowsLaunch(inputs, attributes, true, [{ input: 5 }, { output: 0 }], target),
      ...sumOverRows(sizes, sizes.columns, { output: 0 }, { workspace: 0, output: 1 }, target),
    ]
  },
}
