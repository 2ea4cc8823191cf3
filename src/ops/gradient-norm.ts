/** Global Euclidean norm of all gradients, with a flag for infinite or NaN entries, found by their bits. */
import finish from '../../shaders/optimiser/finish_norm.wgsl?raw'
import parts from '../../shaders/optimiser/norm_parts.wgsl?raw'
import { elementCount, f32Tensor, type Operator, typeAt } from '../gpu/operator'
import { elementsOf, threads } from './elements'

/** Threads of the first stage; a function of the size alone, so that the order of sums is. */
const stageThreads = (elements: number): number => Math.min(16384, Math.ceil(elements / 16))

/** gradients [P] -> [2]: the norm; 1 when an entry, or the sum of squares, is not finite, else 0. */
export const gradientNorm: Operator<null> = {
  name: 'gradientNorm',
  infer: () => [f32Tensor(2)],
  workspace(inputs) {
    const { count } = elementsOf(elementCount(typeAt(inputs, 0, 'gradientNorm')))
    return [f32Tensor(stageThreads(count), 2)]
  },
  launch({ inputs }, target) {
    const size = elementCount(typeAt(inputs, 0, 'gradientNorm'))
    const { constants, count } = elementsOf(size)
    const stage = stageThreads(count)
    return [
      {
        source: parts,
        entryPoint: 'sum_squares',
        constants,
        uniforms: [count, stage],
        bindings: [{ input: 0 }, { workspace: 0 }],
        workgroups: threads(stage, target),
        flops: 2 * size,
      },
      {
        source: finish,
        entryPoint: 'finish_norm',
        uniforms: [stage],
        bindings: [{ workspace: 0 }, { output: 0 }],
        workgroups: [1, 1, 1],
        flops: stage,
      },
    ]
  },
}
