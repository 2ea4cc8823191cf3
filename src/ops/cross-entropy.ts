/**
 * Cross-entropy of linear probes, for all folds at once: fold f sees every row with a weight of its own (0 for rows that
 * it holds out).
 */
import gradientSource from '../../shaders/loss/cross_entropy_gradient.wgsl?raw'
import rowsSource from '../../shaders/loss/cross_entropy_rows.wgsl?raw'
import weightedMean from '../../shaders/loss/weighted_mean.wgsl?raw'
import {
  type Binding,
  f32Tensor,
  type Launch,
  type Operator,
  only,
  spread,
  type Target,
  type TensorType,
  typeAt,
} from '../gpu/operator'
import { requireCount, threads } from './elements'

interface Sizes {
  readonly folds: number
  readonly rows: number
  readonly classes: number
}

function sizesOf(inputs: readonly TensorType[]): Sizes {
  const [folds, rows, classes, ...more] = typeAt(inputs, 0, 'crossEntropy').shape
  if (folds === undefined || rows === undefined || classes === undefined || more.length > 0)
    throw new Error('logits must be [folds, rows, classes]')
  const labels = typeAt(inputs, 1, 'crossEntropy')
  requireCount(labels, rows, 'the labels')
  if (labels.dtype !== 'u32') throw new Error('labels must be u32')
  requireCount(typeAt(inputs, 2, 'crossEntropy'), folds * rows, 'the weights')
  return { folds, rows, classes }
}

/** Workspaces: log of each row's sum [F, N], each row's weighted term [F, N], then a number per fold: loss and total weight. */
const workspace = (inputs: readonly TensorType[]): TensorType[] => {
  const { folds, rows } = sizesOf(inputs)
  return [f32Tensor(folds, rows), f32Tensor(folds, rows), f32Tensor(folds), f32Tensor(folds)]
}

function reductions({ folds, rows, classes }: Sizes, loss: Binding, target: Target): Launch[] {
  return [
    {
      source: rowsSource,
      entryPoint: 'cross_entropy_terms',
      constants: { VEC4: false },
      uniforms: [folds, rows, classes],
      bindings: [{ input: 0 }, { input: 1 }, { input: 2 }, { workspace: 0 }, { workspace: 1 }],
      workgroups: threads(folds * rows, target),
      flops: 25 * folds * rows * classes,
    },
    {
      source: weightedMean,
      entryPoint: 'weighted_mean',
      uniforms: [folds, rows],
      bindings: [{ workspace: 1 }, { input: 2 }, loss, { workspace: 3 }],
      workgroups: spread(folds, target),
    },
  ]
}

/**
 * logits [F, N, C], labels u32 [N], weights [F, N] -> loss [F]: per fold the weighted mean over rows of
 * log sum exp(logits) - logits[label]; 0 for a fold without weight. A label that is no class adds a term of 0.
 */
export const crossEntropy: Operator<null> = {
  name: 'crossEntropy',
  infer: (inputs) => [f32Tensor(sizesOf(inputs).folds)],
  workspace,
  launch: ({ inputs }, target) => reductions(sizesOf(inputs), { output: 0 }, target),
  gradient(builder, { inputValues: [logits, labels, weights] }, [dLoss]) {
    if (!logits || !labels || !weights || !dLoss) return [null]
    return [only(builder.apply(crossEntropyGradient, [logits, labels, weights, dLoss], null))]
  },
}

/** logits [F, N, C], labels u32 [N], weights [F, N], dloss [F] -> dlogits [F, N, C]. */
const crossEntropyGradient: Operator<null> = {
  name: 'crossEntropyGradient',
  infer(inputs) {
    const { folds, rows, classes } = sizesOf(inputs)
    requireCount(typeAt(inputs, 3, 'crossEntropyGradient'), folds, 'the cotangent')
    return [f32Tensor(folds, rows, classes)]
  },
  workspace,
  launch({ inputs }, target) {
    const sizes = sizesOf(inputs)
    const { folds, rows, classes } = sizes
    return [
      ...reductions(sizes, { workspace: 2 }, target),
      {
        source: gradientSource,
        entryPoint: 'cross_entropy_gradient',
        constants: { VEC4: false },
        uniforms: [folds, rows, classes],
        bindings: [
          { input: 0 },
          { input: 1 },
          { input: 2 },
          { workspace: 0 },
          { workspace: 3 },
          { input: 3 },
          { output: 0 },
        ],
        workgroups: threads(folds * rows * classes, target),
        flops: 25 * folds * rows * classes,
      },
    ]
  },
}
