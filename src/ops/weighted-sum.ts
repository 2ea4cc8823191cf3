/** Weighted sum of scalars: the total of several losses (Eq. 2 and 3 of the paper with their weights). */
import source from '../../shaders/elementwise/accumulate.wgsl?raw'
import { f32, f32Tensor, type Operator, only } from '../gpu/operator'
import { requireCount } from './elements'
import { scale } from './scale'

export interface WeightedSumAttributes {
  /** One per input. A weight of 0 keeps its term out of the gradient graph altogether. */
  readonly weights: readonly number[]
}

/** n scalars [1] -> sum of weight times scalar [1]. */
export const weightedSum: Operator<WeightedSumAttributes> = {
  name: 'weightedSum',
  infer(inputs, { weights }) {
    if (inputs.length === 0 || inputs.length !== weights.length)
      throw new Error(`${inputs.length} scalars need as many weights, not ${weights.length}`)
    for (const type of inputs) requireCount(type, 1, 'a scalar')
    return [f32Tensor(1)]
  },
  launch: ({ attributes: { weights } }) =>
    weights.map((weight, input) => ({
      source,
      entryPoint: 'accumulate',
      uniforms: [input === 0 ? 1 : 0, f32(weight)],
      bindings: [{ input }, { output: 0 }],
      workgroups: [1, 1, 1],
    })),
  gradient: (builder, { attributes: { weights } }, [dY]) =>
    weights.map((factor) => (dY && factor !== 0 ? only(builder.apply(scale, [dY], { factor })) : null)),
}
