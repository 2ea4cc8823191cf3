/** Sums that grow in place: gradients of parameters over the micro-batches of a step. */
import source from '../../shaders/elementwise/add_into.wgsl?raw'
import { elementCount, type Operator, typeAt } from '../gpu/operator'
import { elementsOf, requireCount, threads } from './elements'

/** sum, x of as many numbers: sum += x. */
export const addInto: Operator<null> = {
  name: 'addInto',
  mutates: [0],
  infer(inputs) {
    requireCount(typeAt(inputs, 1, 'addInto'), elementCount(typeAt(inputs, 0, 'addInto')), 'what is added')
    return []
  },
  launch({ inputs }, target) {
    const size = elementCount(typeAt(inputs, 0, 'addInto'))
    const { constants, count } = elementsOf(size)
    return [
      {
        source,
        entryPoint: 'add_into',
        constants,
        uniforms: [count],
        bindings: [{ input: 0 }, { input: 1 }],
        workgroups: threads(count, target),
        flops: size,
      },
    ]
  },
}
