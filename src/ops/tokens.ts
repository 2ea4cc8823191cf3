/** From tokens to one embedding and back: mean over tokens, the first token, and a class token put in front. */
import meanSource from '../../shaders/tokens/mean.wgsl?raw'
import prependSource from '../../shaders/tokens/prepend.wgsl?raw'
import spreadSource from '../../shaders/tokens/spread_mean.wgsl?raw'
import { dimension, elementCount, f32, f32Tensor, type Operator, only, type TensorType, typeAt } from '../gpu/operator'
import { elementsOf, requireCount, threads } from './elements'
import { moveRows, moveRowsLaunch } from './move-rows'
import { sumRowsLaunch } from './sum-rows-launch'

function sizesOf(inputs: readonly TensorType[]): { batch: number; tokens: number; width: number } {
  const [batch, tokens, width, ...more] = typeAt(inputs, 0, 'tokens').shape
  if (batch === undefined || tokens === undefined || width === undefined || more.length > 0)
    throw new Error('the input must be [batch, tokens, width]')
  return { batch, tokens, width }
}

export interface MeanTokensAttributes {
  /** 1 leaves the class token out. */
  readonly skipFirst: 0 | 1
}

/** x [B, N, C] -> mean over tokens [B, C]. */
export const meanTokens: Operator<MeanTokensAttributes> = {
  name: 'meanTokens',
  infer(inputs, { skipFirst }) {
    const { batch, tokens, width } = sizesOf(inputs)
    if (tokens <= skipFirst) throw new Error('there is no token to average')
    return [f32Tensor(batch, width)]
  },
  launch({ inputs, attributes: { skipFirst } }, target) {
    const { batch, tokens, width } = sizesOf(inputs)
    const { constants, count } = elementsOf(width)
    return [
      {
        source: meanSource,
        entryPoint: 'mean_tokens',
        constants,
        uniforms: [batch, tokens, count, skipFirst, f32(1 / (tokens - skipFirst))],
        bindings: [{ input: 0 }, { output: 0 }],
        workgroups: threads(batch * count, target),
        flops: batch * tokens * width,
      },
    ]
  },
  gradient(builder, { inputs, attributes: { skipFirst } }, [dY]) {
    const { tokens } = sizesOf(inputs)
    return [dY ? only(builder.apply(spreadMean, [dY], { tokens, skipFirst })) : null]
  },
}

/** dy [B, C] -> dx [B, N, C], the gradient of {@link meanTokens}. */
const spreadMean: Operator<MeanTokensAttributes & { readonly tokens: number }> = {
  name: 'spreadMean',
  infer(inputs, { tokens }) {
    const dY = typeAt(inputs, 0, 'spreadMean')
    return [f32Tensor(dimension(dY, 0), tokens, dimension(dY, 1))]
  },
  launch({ inputs, attributes: { tokens, skipFirst } }, target) {
    const [batch = 1, width = 1] = typeAt(inputs, 0, 'spreadMean').shape
    const { constants, count } = elementsOf(width)
    return [
      {
        source: spreadSource,
        entryPoint: 'spread_mean',
        constants,
        uniforms: [batch, tokens, count, skipFirst, f32(1 / (tokens - skipFirst))],
        bindings: [{ input: 0 }, { output: 0 }],
        workgroups: threads(batch * tokens * count, target),
      },
    ]
  },
}

/** x [B, N, C] -> token 0 of each sample [B, C]. */
export const takeToken: Operator<null> = {
  name: 'takeToken',
  infer(inputs) {
    const { batch, width } = sizesOf(inputs)
    return [f32Tensor(batch, width)]
  },
  launch({ inputs }, target) {
    const { batch, tokens, width } = sizesOf(inputs)
    const sizes = { outer: batch, inRows: tokens, outRows: 1, width, shift: 0 }
    return [moveRowsLaunch(sizes, { input: 0 }, { output: 0 }, target)]
  },
  gradient(builder, { inputs }, [dY]) {
    if (!dY) return [null]
    const { batch, tokens, width } = sizesOf(inputs)
    return [only(builder.apply(moveRows, [builder.reshape(dY, [batch, 1, width])], { rows: tokens, shift: 0 }))]
  },
}

/** x [B, N, C], token [1, 1, C] -> [B, N + 1, C], the token first in every sample. */
export const prependToken: Operator<null> = {
  name: 'prependToken',
  infer(inputs) {
    const { batch, tokens, width } = sizesOf(inputs)
    requireCount(typeAt(inputs, 1, 'prependToken'), width, 'the token')
    return [f32Tensor(batch, tokens + 1, width)]
  },
  launch({ inputs }, target) {
    const { batch, tokens, width } = sizesOf(inputs)
    const { constants, count } = elementsOf(width)
    return [
      {
        source: prependSource,
        entryPoint: 'prepend_token',
        constants,
        uniforms: [batch, tokens, count],
        bindings: [{ input: 0 }, { input: 1 }, { output: 0 }],
        workgroups: threads(batch * (tokens + 1) * count, target),
      },
    ]
  },
  gradient(builder, _node, [dY]) {
    return dY ? builder.apply(prependTokenGradient, [dY], null) : [null, null]
  },
}

/** dy [B, N + 1, C] -> dx [B, N, C], dtoken [1, 1, C] (the sum over the batch). */
const prependTokenGradient: Operator<null> = {
  name: 'prependTokenGradient',
  infer(inputs) {
    const { batch, tokens, width } = sizesOf(inputs)
    return [f32Tensor(batch, tokens - 1, width), f32Tensor(1, 1, width)]
  },
  launch({ inputs }, target) {
    const dY = typeAt(inputs, 0, 'prependTokenGradient')
    const { batch, tokens, width } = sizesOf(inputs)
    const sizes = { outer: batch, inRows: tokens, outRows: tokens - 1, width, shift: -1 }
    return [
      moveRowsLaunch(sizes, { input: 0 }, { output: 0 }, target),
      sumRowsLaunch({
        rows: batch,
        columns: width,
        stride: elementCount(dY) / batch,
        from: { input: 0 },
        to: { output: 1 },
        target,
      }),
    ]
  },
}
