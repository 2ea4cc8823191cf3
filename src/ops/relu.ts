/** Rectifier max(x, 0) and its gradient, which is 0 at 0. */

import source from '../../shaders/elementwise/relu.wgsl?raw'
import gradientSource from '../../shaders/elementwise/relu_gradient.wgsl?raw'
import { f32Tensor, type Operator, only, typeAt } from '../gpu/operator'
import { requireSameShape } from './elements'
import { elementwiseLaunch } from './elementwise-launch'

/** x -> max(x, 0), of any shape. */
export const relu: Operator<null> = {
  name: 'relu',
  infer: (inputs) => [f32Tensor(...typeAt(inputs, 0, 'relu').shape)],
  launch: (node, target) => elementwiseLaunch({ source, entryPoint: 'relu', flopsPerNumber: 1 }, node, target),
  gradient(builder, { inputValues: [x] }, [dY]) {
    return [x && dY ? only(builder.apply(reluGradient, [x, dY], null)) : null]
  },
}

/** x, dy -> dy where x > 0, else 0. */
const reluGradient: Operator<null> = {
  name: 'reluGradient',
  infer(inputs) {
    const x = typeAt(inputs, 0, 'reluGradient')
    requireSameShape(x, typeAt(inputs, 1, 'reluGradient'))
    return [f32Tensor(...x.shape)]
  },
  launch: (node, target) =>
    elementwiseLaunch({ source: gradientSource, entryPoint: 'relu_gradient', flopsPerNumber: 1 }, node, target),
}
