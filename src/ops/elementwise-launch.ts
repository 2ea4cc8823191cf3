/** The launch that element-by-element operators share: inputs of one size, one output of the same. */
import { elementCount, f32, type Launch, type NodeView, type Target, typeAt, type Uniform } from '../gpu/operator'
import { elementsOf, threads } from './elements'

interface Elementwise {
  readonly source: string
  readonly entryPoint: string
  /** A second uniform after the number of elements. */
  readonly factor?: number
  readonly flopsPerNumber: number
}

/** Binds the inputs in order, then the output. */
export function elementwiseLaunch(
  { source, entryPoint, factor, flopsPerNumber }: Elementwise,
  { inputs }: NodeView<unknown>,
  target: Target,
): Launch[] {
  const size = elementCount(typeAt(inputs, 0, entryPoint))
  const { constants, count } = elementsOf(size)
  const uniforms: Uniform[] = factor === undefined ? [count] : [count, f32(factor)]
  return [
    {
      source,
      entryPoint,
      constants,
      uniforms,
      bindings: [...inputs.map((_, input) => ({ input })), { output: 0 }],
      workgroups: threads(count, target),
      flops: flopsPerNumber * size,
    },
  ]
}
