/** Exact GELU, x Phi(x) with the error function (Hendrycks and Gimpel 2016), and its gradient. */

import source from '../../shaders/elementwise/gelu.wgsl?raw'
import gradientSource from '../../shaders/elementwise/gelu_gradient.wgsl?raw'
import { f32Tensor, type Operator, only, typeAt } from '../gpu/operator'
import { requireSameShape } from './elements'
import { elementwiseLaunch } from './elementwise-launch'

/** x -> x Phi(x), of any shape. */
export const gelu: Operator<null> = {
  name: 'gelu',
  infer: (inputs) => [f32Tensor(...typeAt(inputs, 0, 'gelu').shape)],
  launch: (node, target) => elementwiseLaunch({ source, entryPoint: 'gelu', flopsPerNumber: 50 }, node, target),
  gradient(builder, { inputValues: [x] }, [dY]) {
    return [x && dY ? only(builder.apply(geluGradient, [x, dY], null)) : null]
  },
}

/** x, dy -> dy (Phi(x) + x phi(x)). */
export const geluGradient: Operator<null> = {
  name: 'geluGradient',
  infer(inputs) {
    const x = typeAt(inputs, 0, 'geluGradient')
    requireSameShape(x, typeAt(inputs, 1, 'geluGradient'))
    return [f32Tensor(...x.shape)]
  },
  launch: (node, target) =>
    elementwiseLaunch({ source: gradientSource, entryPoint: 'gelu_gradient', flopsPerNumber: 55 }, node, target),
}
