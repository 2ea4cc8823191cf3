/** Batch normalisation of projection heads (Ioffe and Szegedy 2015): batch statistics in training, running ones after. */
import gradientSource from '../../shaders/batch-norm/gradient.wgsl?raw'
import inference from '../../shaders/batch-norm/inference.wgsl?raw'
import train from '../../shaders/batch-norm/train.wgsl?raw'
import { dimension, elementCount, f32, f32Tensor, type Operator, only, type TensorType, typeAt } from '../gpu/operator'
import { elementsOf, requireCount, requireSameShape, threads } from './elements'

export interface BatchNormAttributes {
  /** Added to the variance: 1e-5 in PyTorch. */
  readonly eps: number
}

function sizesOf(inputs: readonly TensorType[]) {
  const x = typeAt(inputs, 0, 'batchNorm')
  if (x.shape.length !== 2) throw new Error('the input must be [rows, columns]')
  const width = dimension(x, 1)
  const { constants, count } = elementsOf(width)
  return { x, rows: dimension(x, 0), width, constants, columns: count }
}

/** @throws unless inputs 1 to `last` hold one number per column. */
function requireColumns(inputs: readonly TensorType[], width: number, last: number): void {
  for (let index = 1; index <= last; index++) requireCount(typeAt(inputs, index, 'batchNorm'), width, `input ${index}`)
}

/**
 * x [N, D], weight [D], bias [D] -> y [N, D] by the statistics of this batch, mean [D], variance [D] (biased).
 * Mean and variance serve running statistics only: no gradient passes through them.
 */
export const batchNorm: Operator<BatchNormAttributes> = {
  name: 'batchNorm',
  infer(inputs) {
    const { x, width } = sizesOf(inputs)
    requireColumns(inputs, width, 2)
    return [f32Tensor(...x.shape), f32Tensor(width), f32Tensor(width)]
  },
  launch({ inputs, attributes }, target) {
    const { x, rows, constants, columns } = sizesOf(inputs)
    return [
      {
        source: train,
        entryPoint: 'normalise_columns',
        constants,
        uniforms: [rows, columns, f32(1 / rows), f32(attributes.eps)],
        bindings: [{ input: 0 }, { input: 1 }, { input: 2 }, { output: 0 }, { output: 1 }, { output: 2 }],
        workgroups: threads(columns, target),
        flops: 6 * elementCount(x),
      },
    ]
  },
  gradient(
    builder,
    { attributes, inputValues: [x, weight], outputValues: [, mean, variance] },
    [dY, dMean, dVariance],
  ) {
    if (dMean || dVariance) throw new Error('batchNorm: no gradient passes through mean and variance.')
    if (!dY || !x || !weight || !mean || !variance) return [null, null, null]
    return builder.apply(batchNormGradient, [x, weight, mean, variance, dY], attributes)
  },
}

/** x [N, D], weight [D], mean [D], variance [D], dy [N, D] -> dx [N, D], dweight [D], dbias [D]. */
const batchNormGradient: Operator<BatchNormAttributes> = {
  name: 'batchNormGradient',
  infer(inputs) {
    const { x, width } = sizesOf(inputs)
    requireColumns(inputs, width, 3)
    requireSameShape(x, typeAt(inputs, 4, 'batchNormGradient'))
    return [f32Tensor(...x.shape), f32Tensor(width), f32Tensor(width)]
  },
  launch({ inputs, attributes }, target) {
    const { x, rows, constants, columns } = sizesOf(inputs)
    return [
      {
        source: gradientSource,
        entryPoint: 'column_gradient',
        constants,
        uniforms: [rows, columns, f32(1 / rows), f32(attributes.eps)],
        bindings: [
          { input: 0 },
          { input: 1 },
          { input: 2 },
          { input: 3 },
          { input: 4 },
          { output: 0 },
          { output: 1 },
          { output: 2 },
        ],
        workgroups: threads(columns, target),
        flops: 12 * elementCount(x),
      },
    ]
  },
}

/** x [N, D], weight [D], bias [D], running mean [D], running variance [D] -> y [N, D]. A gradient for x only. */
export const batchNormInference: Operator<BatchNormAttributes> = {
  name: 'batchNormInference',
  infer(inputs) {
    const { x, width } = sizesOf(inputs)
    requireColumns(inputs, width, 4)
    return [f32Tensor(...x.shape)]
  },
  launch({ inputs, attributes }, target) {
    const { x, rows, constants, columns } = sizesOf(inputs)
    return [
      {
        source: inference,
        entryPoint: 'apply_running_statistics',
        constants: { ...constants, GRADIENT: false },
        uniforms: [rows * columns, columns, f32(attributes.eps)],
        bindings: [{ input: 0 }, { input: 1 }, { input: 4 }, { output: 0 }, { input: 3 }, { input: 2 }],
        workgroups: threads(rows * columns, target),
        flops: 2 * elementCount(x),
      },
    ]
  },
  gradient(builder, { attributes, inputValues: [, weight, , , variance] }, [dY]) {
    if (!dY || !weight || !variance) return []
    return [only(builder.apply(batchNormInferenceGradient, [dY, weight, variance], attributes))]
  },
}

/** dy [N, D], weight [D], running variance [D] -> dx [N, D]. */
const batchNormInferenceGradient: Operator<BatchNormAttributes> = {
  name: 'batchNormInferenceGradient',
  infer(inputs) {
    const { x, width } = sizesOf(inputs)
    requireColumns(inputs, width, 2)
    return [f32Tensor(...x.shape)]
  },
  launch({ inputs, attributes }, target) {
    const { x, rows, constants, columns } = sizesOf(inputs)
    return [
      {
        source: inference,
        entryPoint: 'apply_running_statistics',
        constants: { ...constants, GRADIENT: true },
        uniforms: [rows * columns, columns, f32(attributes.eps)],
        bindings: [{ input: 0 }, { input: 1 }, { input: 2 }, { output: 0 }],
        workgroups: threads(rows * columns, target),
        flops: elementCount(x),
      },
    ]
  },
}
