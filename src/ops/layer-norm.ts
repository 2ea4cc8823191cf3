/** Layer normalisation over the last dimension with weight and bias (Ba et al. 2016), and its gradient. */
import forward from '../../shaders/layer-norm/forward.wgsl?raw'
import gradientSource from '../../shaders/layer-norm/gradient.wgsl?raw'
import parameterGradient from '../../shaders/layer-norm/parameter_gradient.wgsl?raw'
import {
  dimension,
  elementCount,
  f32,
  f32Tensor,
  type Launch,
  type Operator,
  type TensorType,
  typeAt,
} from '../gpu/operator'
import { elementsOf, requireCount, requireSameShape, rowCount, rowGroups, rowLanes, threads } from './elements'
import { sumRowsLaunch } from './sum-rows-launch'

export interface LayerNormAttributes {
  /** Added to the variance. The paper's networks use 1e-6. */
  readonly eps: number
}

const sizesOf = (inputs: readonly TensorType[]) => {
  const x = typeAt(inputs, 0, 'layerNorm')
  const width = dimension(x, -1)
  const { constants, count } = elementsOf(width)
  return { x, width, rows: rowCount(x), constants, columns: count }
}

/** x [.., D], weight [D], bias [D] -> (x - mean) / sqrt(variance + eps) * weight + bias, row by row. */
export const layerNorm: Operator<LayerNormAttributes> = {
  name: 'layerNorm',
  infer(inputs) {
    const { x, width } = sizesOf(inputs)
    requireCount(typeAt(inputs, 1, 'layerNorm'), width, 'the weight')
    requireCount(typeAt(inputs, 2, 'layerNorm'), width, 'the bias')
    return [f32Tensor(...x.shape)]
  },
  launch({ inputs, attributes }, target) {
    const { x, rows, width, constants, columns } = sizesOf(inputs)
    return [
      {
        source: forward,
        entryPoint: 'normalise_rows',
        constants: { ...constants, ...rowLanes(target) },
        uniforms: [rows, columns, f32(1 / width), f32(attributes.eps)],
        bindings: [{ input: 0 }, { input: 1 }, { input: 2 }, { output: 0 }],
        workgroups: rowGroups(rows, target),
        flops: 8 * elementCount(x),
      },
    ]
  },
  gradient(builder, { attributes, inputValues: [x, weight] }, [dY]) {
    if (!dY || !x || !weight) return [null, null, null]
    return builder.apply(layerNormGradient, [x, weight, dY], attributes)
  },
}

/** Rows summed by one thread before the sums of all chunks are added: the square root balances both stages. */
const chunkOf = (rows: number): { chunk: number; chunks: number } => {
  const chunk = Math.ceil(Math.sqrt(rows))
  return { chunk, chunks: Math.ceil(rows / chunk) }
}

/** x [.., D], weight [D], dy [.., D] -> dx [.., D], dweight [D], dbias [D]. */
export const layerNormGradient: Operator<LayerNormAttributes> = {
  name: 'layerNormGradient',
  infer(inputs) {
    const { x, width } = sizesOf(inputs)
    requireCount(typeAt(inputs, 1, 'layerNormGradient'), width, 'the weight')
    requireSameShape(x, typeAt(inputs, 2, 'layerNormGradient'))
    return [f32Tensor(...x.shape), f32Tensor(width), f32Tensor(width)]
  },
  workspace(inputs) {
    const { rows, width } = sizesOf(inputs)
    const { chunks } = chunkOf(rows)
    return [f32Tensor(rows, 2), f32Tensor(chunks, width), f32Tensor(chunks, width)]
  },
  launch({ inputs, attributes }, target) {
    const { x, rows, width, constants, columns } = sizesOf(inputs)
    const { chunk, chunks } = chunkOf(rows)
    const rowGradient: Launch = {
      source: gradientSource,
      entryPoint: 'row_gradient',
      constants: { ...constants, ...rowLanes(target) },
      uniforms: [rows, columns, f32(1 / width), f32(attributes.eps)],
      bindings: [{ input: 0 }, { input: 1 }, { input: 2 }, { output: 0 }, { workspace: 0 }],
      workgroups: rowGroups(rows, target),
      flops: 16 * elementCount(x),
    }
    const chunkSums: Launch = {
      source: parameterGradient,
      entryPoint: 'sum_parameter_gradients',
      constants,
      uniforms: [rows, columns, chunk, chunks],
      bindings: [{ input: 0 }, { input: 2 }, { workspace: 0 }, { workspace: 1 }, { workspace: 2 }],
      workgroups: threads(chunks * columns, target),
      flops: 5 * elementCount(x),
    }
    return [
      rowGradient,
      chunkSums,
      sumRowsLaunch({ rows: chunks, columns: width, from: { workspace: 1 }, to: { output: 1 }, target }),
      sumRowsLaunch({ rows: chunks, columns: width, from: { workspace: 2 }, to: { output: 2 }, target }),
    ]
  },
}
