/** Plain gradient descent, the optimiser of the benchmark that every framework can run (design: "The GPU engine", section 4). */
import source from '../../shaders/optimiser/sgd.wgsl?raw'
import { elementCount, f32, type Operator, typeAt } from '../gpu/operator'
import { requireSameShape, threads } from './elements'

export interface SgdAttributes {
  readonly learningRate: number
}

/** parameters [P], gradients [P], P a multiple of 4: parameters -= learningRate * gradients, in place. */
export const sgd: Operator<SgdAttributes> = {
  name: 'sgd',
  mutates: [0],
  infer(inputs) {
    const parameters = typeAt(inputs, 0, 'sgd')
    requireSameShape(parameters, typeAt(inputs, 1, 'sgd'))
    if (elementCount(parameters) % 4 !== 0) throw new Error('the number of parameters must be a multiple of 4')
    return []
  },
  launch({ inputs, attributes: { learningRate } }, target) {
    const count = elementCount(typeAt(inputs, 0, 'sgd')) / 4
    return [
      {
        source,
        entryPoint: 'descend',
        uniforms: [count, f32(learningRate)],
        bindings: [{ input: 0 }, { input: 1 }],
        workgroups: threads(count, target),
        flops: 8 * count,
      },
    ]
  },
}
