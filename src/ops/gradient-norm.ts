/** Global Euclidean norm of all gradients, with a flag for infinite or NaN entries, found by their bits. */
import finish from '../../shaders/optimiser/finish_norm.wgsl?raw'
import parts from '../../shaders/optimiser/norm_parts.wgsl?raw'
import { elementCount, f32Tensor, type Launch, type Operator, type TensorType } from '../gpu/operator'
import { elementsOf, threads } from './elements'

/** Threads of the first stage; a function of the size alone, so that the order of sums is. */
const stageThreads = (elements: number): number => Math.min(16384, Math.ceil(elements / 16))

const totalThreads = (inputs: readonly TensorType[]): number =>
  inputs.reduce((sum, type) => sum + stageThreads(elementsOf(elementCount(type)).count), 0)

/** One or more ranges of gradients [P] -> [2]: the norm of all; 1 when an entry, or the sum of squares, is not finite, else 0. */
export const gradientNorm: Operator<null> = {
  name: 'gradientNorm',
  infer: () => [f32Tensor(2)],
  workspace: (inputs) => [f32Tensor(totalThreads(inputs), 2)],
  launch({ inputs }, target) {
    let first = 0
    const sums = inputs.map((type, input): Launch => {
      const size = elementCount(type)
      const { constants, count } = elementsOf(size)
      const stage = stageThreads(count)
      const launch: Launch = {
        source: parts,
        entryPoint: 'sum_squares',
        constants,
        uniforms: [count, stage, first],
        bindings: [{ input }, { workspace: 0 }],
        workgroups: threads(stage, target),
        flops: 2 * size,
      }
      first += stage
      return launch
    })
    return [
      ...sums,
      {
        source: finish,
        entryPoint: 'finish_norm',
        uniforms: [first],
        bindings: [{ workspace: 0 }, { output: 0 }],
        workgroups: [1, 1, 1],
        flops: first,
      },
    ]
  },
}
