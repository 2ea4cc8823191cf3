/**
 * Patches of an image, spectrogram or clip as rows, so that a patch convolution is a product with the flattened weight
 * (spec/pretraining.md section 5: patch conv).
 */
import source from '../../shaders/unfold/unfold.wgsl?raw'
import { dimension, f32Tensor, type Operator, type TensorType, typeAt } from '../gpu/operator'
import { convLength, type Grid, gridSize } from '../schema/mvit'
import { groupsPerItem } from './token-grid'

export interface UnfoldAttributes {
  readonly kernel: Grid
  readonly stride: Grid
  readonly padding: Grid
}

interface UnfoldSizes {
  readonly batch: number
  readonly channels: number
  readonly gridIn: Grid
  readonly gridOut: Grid
}

function sizesOf(inputs: readonly TensorType[], { kernel, stride, padding }: UnfoldAttributes): UnfoldSizes {
  const x = typeAt(inputs, 0, 'unfold')
  if (x.shape.length !== 5) throw new Error('expects x as [B, C, T, H, W]')
  const gridIn: Grid = [dimension(x, 2), dimension(x, 3), dimension(x, 4)]
  const gridOut: Grid = [
    convLength(gridIn[0], kernel[0], stride[0], padding[0]),
    convLength(gridIn[1], kernel[1], stride[1], padding[1]),
    convLength(gridIn[2], kernel[2], stride[2], padding[2]),
  ]
  if (gridOut.some((size) => size < 1)) throw new Error(`a ${kernel.join('x')} kernel finds no place`)
  return { batch: dimension(x, 0), channels: dimension(x, 1), gridIn, gridOut }
}

/**
 * Input x [B, C, T, H, W] (sound: T = 1). Output [B tokens, C kt kh kw], columns in the order of a convolution's weight.
 * The input is data: no gradient passes.
 */
export const unfold: Operator<UnfoldAttributes> = {
  name: 'unfold',
  infer(inputs, attributes) {
    const { batch, channels, gridOut } = sizesOf(inputs, attributes)
    return [f32Tensor(batch * gridSize(gridOut), channels * gridSize(attributes.kernel))]
  },
  launch({ inputs, attributes }) {
    const { batch, channels, gridIn, gridOut } = sizesOf(inputs, attributes)
    const { kernel, stride, padding } = attributes
    const threads = gridSize(gridOut) * channels * kernel[0] * kernel[1]
    return [
      {
        source,
        entryPoint: 'unfold_patches',
        uniforms: [threads, channels, ...gridIn, gridOut[1], gridOut[2], ...kernel, ...stride, ...padding],
        bindings: [{ input: 0 }, { output: 0 }],
        workgroups: groupsPerItem(threads, batch),
        flops: batch * threads * kernel[2],
      },
    ]
  },
}
