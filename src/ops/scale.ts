/** A tensor times a constant. */
import source from '../../shaders/elementwise/scale.wgsl?raw'
import { f32Tensor, type Operator, only, typeAt } from '../gpu/operator'
import { elementwiseLaunch } from './elementwise-launch'

export interface ScaleAttributes {
  readonly factor: number
}

/** x -> factor x, of any shape. */
export const scale: Operator<ScaleAttributes> = {
  name: 'scale',
  infer: (inputs) => [f32Tensor(...typeAt(inputs, 0, 'scale').shape)],
  launch: (node, target) =>
    elementwiseLaunch({ source, entryPoint: 'scale', factor: node.attributes.factor, flopsPerNumber: 1 }, node, target),
  gradient: (builder, { attributes }, [dY]) => [dY ? only(builder.apply(scale, [dY], attributes)) : null],
}
