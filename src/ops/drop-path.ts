/** Stochastic depth (Huang et al. 2016): a residual branch is dropped for whole samples, the others scaled up. */
import source from '../../shaders/elementwise/drop_path.wgsl?raw'
import { dimension, elementCount, f32, f32Tensor, type Operator, only, typeAt } from '../gpu/operator'
import { elementsOf, requireCount, threads } from './elements'

export interface DropPathAttributes {
  /** Share of samples dropped, 0 <= rate < 1. */
  readonly rate: number
  /** Number of the branch in its network, so that branches draw independently. */
  readonly stream: number
}

/** Random bits of 24 that a kept sample must reach. */
export const dropThreshold = (rate: number): number => Math.ceil(rate * 2 ** 24)

/**
 * x [B, ...], rng u32 [3] (seed, step, number of the first sample in its batch) -> x * keep / (1 - rate). A draw depends
 * on (seed, step, stream, sample) alone, so the replay of a micro-batch drops what its first pass dropped.
 */
export const dropPath: Operator<DropPathAttributes> = {
  name: 'dropPath',
  infer(inputs, { rate }) {
    const rng = typeAt(inputs, 1, 'dropPath')
    requireCount(rng, 3, 'the random state')
    if (rng.dtype !== 'u32') throw new Error('the random state must be u32')
    if (!(rate >= 0 && rate < 1)) throw new Error(`a rate of ${rate} is not in [0, 1)`)
    return [f32Tensor(...typeAt(inputs, 0, 'dropPath').shape)]
  },
  launch({ inputs, attributes: { rate, stream } }, target) {
    const x = typeAt(inputs, 0, 'dropPath')
    const batch = dimension(x, 0)
    const { constants, count } = elementsOf(elementCount(x) / batch)
    return [
      {
        source,
        entryPoint: 'drop_path',
        constants,
        uniforms: [batch * count, count, stream, dropThreshold(rate), f32(1 / (1 - rate))],
        bindings: [{ input: 0 }, { input: 1 }, { output: 0 }],
        workgroups: threads(batch * count, target),
        flops: elementCount(x),
      },
    ]
  },
  gradient(builder, { attributes, inputValues: [, rng] }, [dY]) {
    return [dY && rng ? only(builder.apply(dropPath, [dY, rng], attributes)) : null]
  },
}
