/**
 * Max-pooling of tokens on their grid for the skip path of a block: kernel stride + 1 and padding floor(kernel / 2)
 * along every strided axis; CLS passes by (spec/pretraining.md section 5, detail 4).
 */
import forward from '../../shaders/max-pool-tokens/forward.wgsl?raw'
import backward from '../../shaders/max-pool-tokens/gradient.wgsl?raw'
import { dimension, f32Tensor, type Operator, only, type TensorType, typeAt, u32Tensor } from '../gpu/operator'
import { type Grid, gridSize } from '../schema/mvit'
import { type ClsCount, groupsPerItem, pooledGrid, requireTokens } from './token-grid'

export interface MaxPoolTokensAttributes {
  readonly grid: Grid
  readonly stride: Grid
  readonly cls: ClsCount
}

const kernelOf = (stride: number): number => (stride > 1 ? stride + 1 : 1)
/** The kernel that goes with a stride. */
const maxPoolKernel = (stride: Grid): Grid => [kernelOf(stride[0]), kernelOf(stride[1]), kernelOf(stride[2])]

const outGrid = ({ grid, stride }: MaxPoolTokensAttributes): Grid => pooledGrid(grid, maxPoolKernel(stride), stride)

/** Rows along w, and one for CLS. */
const rowsOf = ([t, h]: Grid, { cls }: MaxPoolTokensAttributes): number => t * h + cls

function uniformsOf(attributes: MaxPoolTokensAttributes, channels: number): number[] {
  const { grid, stride, cls } = attributes
  const out = outGrid(attributes)
  return [
    gridSize(grid) + cls,
    gridSize(out) + cls,
    channels,
    cls,
    ...grid,
    ...out,
    ...maxPoolKernel(stride),
    ...stride,
  ]
}

const sizeOf = (type: TensorType) => ({
  batch: dimension(type, 0),
  tokens: dimension(type, 1),
  channels: dimension(type, 2),
})

/** Input x [B, N, C]. Outputs [B, N', C] and, u32 of that shape, the token each maximum came from (the first one wins). */
export const maxPoolTokens: Operator<MaxPoolTokensAttributes> = {
  name: 'maxPoolTokens',
  infer(inputs, attributes) {
    const x = typeAt(inputs, 0, 'maxPoolTokens')
    requireTokens(x, 1, attributes.grid, attributes.cls)
    const { batch, channels } = sizeOf(x)
    const tokens = gridSize(outGrid(attributes)) + attributes.cls
    return [f32Tensor(batch, tokens, channels), u32Tensor(batch, tokens, channels)]
  },
  launch({ outputs, attributes }) {
    const { batch, tokens, channels } = sizeOf(typeAt(outputs, 0, 'maxPoolTokens'))
    return [
      {
        source: forward,
        entryPoint: 'max_pool_tokens',
        uniforms: uniformsOf(attributes, channels),
        bindings: [{ input: 0 }, { output: 0 }, { output: 1 }],
        workgroups: groupsPerItem(rowsOf(outGrid(attributes), attributes) * channels, batch),
        flops: batch * tokens * channels * gridSize(maxPoolKernel(attributes.stride)),
      },
    ]
  },
  gradient(builder, { attributes, outputValues }, [dOut]) {
    return [dOut ? only(builder.apply(maxPoolTokensGradient, [dOut, only(outputValues, 1)], attributes)) : null]
  },
}

/** Inputs dOut [B, N', C], argmax. Output dX [B, N, C]. */
const maxPoolTokensGradient: Operator<MaxPoolTokensAttributes> = {
  name: 'maxPoolTokensGradient',
  infer(inputs, { grid, cls }) {
    const { batch, channels } = sizeOf(typeAt(inputs, 0, 'maxPoolTokensGradient'))
    return [f32Tensor(batch, gridSize(grid) + cls, channels)]
  },
  launch({ outputs, attributes }) {
    const { batch, tokens, channels } = sizeOf(typeAt(outputs, 0, 'maxPoolTokensGradient'))
    return [
      {
        source: backward,
        entryPoint: 'max_pool_tokens_gradient',
        uniforms: uniformsOf(attributes, channels),
        bindings: [{ input: 0 }, { input: 1 }, { output: 0 }],
        workgroups: groupsPerItem(rowsOf(attributes.grid, attributes) * channels, batch),
        flops: 2 * batch * tokens * channels,
      },
    ]
  },
}
