/** Sum of two tensors of one shape: residual connections, and the sums of cotangents in differentiation. */
import source from '../../shaders/elementwise/add.wgsl?raw'
import { f32Tensor, type Operator, typeAt } from '../gpu/operator'
import { requireSameShape } from './elements'
import { elementwiseLaunch } from './elementwise-launch'

/** a, b -> a + b. The two must be different values: a dispatch may not bind one range twice (use `scale` by 2). */
export const add: Operator<null> = {
  name: 'add',
  infer(inputs) {
    const a = typeAt(inputs, 0, 'add')
    requireSameShape(a, typeAt(inputs, 1, 'add'))
    return [f32Tensor(...a.shape)]
  },
  launch: (node, target) => elementwiseLaunch({ source, entryPoint: 'add', flopsPerNumber: 1 }, node, target),
  gradient: (_builder, _node, [dY = null]) => [dY, dY],
}
