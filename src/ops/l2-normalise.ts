/** Rows divided by their Euclidean norm, as `torch.nn.functional.normalize`, and the gradient. */
import forward from '../../shaders/l2-normalise/forward.wgsl?raw'
import gradientSource from '../../shaders/l2-normalise/gradient.wgsl?raw'
import {
  dimension,
  elementCount,
  f32,
  f32Tensor,
  type Launch,
  type NodeView,
  type Operator,
  only,
  type Target,
  typeAt,
} from '../gpu/operator'
import { elementsOf, requireSameShape, rowCount, rowGroups, rowLanes } from './elements'

/** Least norm divided by, so that a row of zeros stays one: PyTorch's default. */
const eps = 1e-12

function rowsLaunch(source: string, entryPoint: string, { inputs }: NodeView<null>, target: Target): Launch[] {
  const x = typeAt(inputs, 0, entryPoint)
  const { constants, count } = elementsOf(dimension(x, -1))
  const rows = rowCount(x)
  return [
    {
      source,
      entryPoint,
      constants: { ...constants, ...rowLanes(target) },
      uniforms: [rows, count, f32(eps)],
      bindings: [...inputs.map((_, input) => ({ input })), { output: 0 }],
      workgroups: rowGroups(rows, target),
      flops: 3 * inputs.length * elementCount(x),
    },
  ]
}

/** x [.., D] -> x / max(|x|, 1e-12), row by row. */
export const l2Normalise: Operator<null> = {
  name: 'l2Normalise',
  infer: (inputs) => [f32Tensor(...typeAt(inputs, 0, 'l2Normalise').shape)],
  launch: (node, target) => rowsLaunch(forward, 'l2_normalise_rows', node, target),
  gradient(builder, { inputValues: [x] }, [dY]) {
    return [x && dY ? only(builder.apply(l2NormaliseGradient, [x, dY], null)) : null]
  },
}

/** x, dy [.., D] -> dx. */
const l2NormaliseGradient: Operator<null> = {
  name: 'l2NormaliseGradient',
  infer(inputs) {
    const x = typeAt(inputs, 0, 'l2NormaliseGradient')
    requireSameShape(x, typeAt(inputs, 1, 'l2NormaliseGradient'))
    return [f32Tensor(...x.shape)]
  },
  launch: (node, target) => rowsLaunch(gradientSource, 'l2_normalise_gradient', node, target),
}
