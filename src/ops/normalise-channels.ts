/** Input normalisation: each channel to mean 0 and variance 1, without affine and without gradient (spec, section 3.1). */
import normalise from '../../shaders/channel-norm/normalise.wgsl?raw'
import { elementCount, f32, f32Tensor, type Operator, typeAt } from '../gpu/operator'
import { channelSizes } from './channel-statistics'
import { elementsOf, requireCount, threads } from './elements'

export interface NormaliseChannelsAttributes {
  /** Added to the variance: 1e-5 in the paper's code (PyTorch's default). */
  readonly eps: number
}

/** x [B, C, ...], mean [C], variance [C] -> (x - mean) / sqrt(variance + eps), of the shape of x. */
export const normaliseChannels: Operator<NormaliseChannelsAttributes> = {
  name: 'normaliseChannels',
  infer(inputs) {
    const x = typeAt(inputs, 0, 'normaliseChannels')
    const { channels } = channelSizes(x)
    requireCount(typeAt(inputs, 1, 'normaliseChannels'), channels, 'the mean')
    requireCount(typeAt(inputs, 2, 'normaliseChannels'), channels, 'the variance')
    return [f32Tensor(...x.shape)]
  },
  launch({ inputs, attributes }, target) {
    const x = typeAt(inputs, 0, 'normaliseChannels')
    const { outer, channels, inner } = channelSizes(x)
    const { constants, count } = elementsOf(inner)
    const total = outer * channels * count
    return [
      {
        source: normalise,
        entryPoint: 'normalise_channels',
        constants,
        uniforms: [total, channels, count, f32(attributes.eps)],
        bindings: [{ input: 0 }, { input: 1 }, { input: 2 }, { output: 0 }],
        workgroups: threads(total, target),
        flops: 2 * elementCount(x),
      },
    ]
  },
}
