/** Adam and random initial values for the parameters of many probes at once, each with its own learning rate. */
import adamSource from '../../shaders/probe/adam.wgsl?raw'
import initialiseSource from '../../shaders/probe/initialise.wgsl?raw'
import { elementCount, f32, type Operator, typeAt } from '../gpu/operator'
import { requireCount, requireSameShape, threads } from './elements'

const adam = { beta1: 0.9, beta2: 0.999, eps: 1e-8 }

/**
 * What {@link probeAdam} takes for one probe: before its step number `step`, from 1; all zeros for a probe that rests.
 * @param weightDecay Decoupled, as in AdamW.
 */
export const probeAdamHyper = (learningRate: number, step: number, weightDecay: number): readonly number[] => [
  learningRate / (1 - adam.beta1 ** step),
  Math.sqrt(1 - adam.beta2 ** step),
  learningRate * weightDecay,
  0,
]

/**
 * parameters [P, ..], gradients, first and second moments of the same shape, hyper [P, 4] ({@link probeAdamHyper}):
 * changes parameters and moments. A probe's parameters are a multiple of 4.
 */
export const probeAdam: Operator<null> = {
  name: 'probeAdam',
  mutates: [0, 2, 3],
  infer(inputs) {
    const parameters = typeAt(inputs, 0, 'probeAdam')
    const [probes = 1] = parameters.shape
    if ((elementCount(parameters) / probes) % 4 !== 0) throw new Error('a probe’s parameters must be a multiple of 4')
    for (const index of [1, 2, 3]) requireSameShape(parameters, typeAt(inputs, index, 'probeAdam'))
    requireCount(typeAt(inputs, 4, 'probeAdam'), 4 * probes, 'the hyper-parameters')
    return []
  },
  launch({ inputs }, target) {
    const parameters = typeAt(inputs, 0, 'probeAdam')
    const [probes = 1] = parameters.shape
    const count = elementCount(parameters) / 4
    return [
      {
        source: adamSource,
        entryPoint: 'adam',
        uniforms: [count, count / probes, f32(1 - adam.beta1), f32(1 - adam.beta2), f32(adam.eps)],
        bindings: inputs.map((_, input) => ({ input })),
        workgroups: threads(count, target),
        flops: 60 * count,
      },
    ]
  },
}

/** What {@link initialise} does for one probe. */
export interface InitialPlan {
  readonly seed: number
  readonly distribution: 'uniform' | 'normal'
  /** Half the width of the uniform distribution, or the deviation of the normal one. */
  readonly spread: number
}

/** The `plan` input of {@link initialise}. */
export function initialPlans(plans: readonly InitialPlan[]): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(4 * plans.length)
  const floats = new Float32Array(words.buffer)
  plans.forEach(({ seed, distribution, spread }, index) => {
    words[4 * index] = seed
    words[4 * index + 1] = distribution === 'normal' ? 1 : 0
    floats[4 * index + 2] = spread
  })
  return words
}

/** parameters [P, ..], plan u32 [P, 4] ({@link initialPlans}): overwrites the parameters; `stream` differs by tensor. */
export const initialise: Operator<{ readonly stream: number }> = {
  name: 'initialise',
  mutates: [0],
  infer(inputs) {
    const [probes = 1] = typeAt(inputs, 0, 'initialise').shape
    const plan = typeAt(inputs, 1, 'initialise')
    requireCount(plan, 4 * probes, 'the plan')
    if (plan.dtype !== 'u32') throw new Error('the plan must be u32')
    return []
  },
  launch({ inputs, attributes: { stream } }, target) {
    const parameters = typeAt(inputs, 0, 'initialise')
    const [probes = 1] = parameters.shape
    const count = elementCount(parameters)
    return [
      {
        source: initialiseSource,
        entryPoint: 'initialise',
        uniforms: [count, count / probes, stream],
        bindings: [{ input: 0 }, { input: 1 }],
        workgroups: threads(count, target),
        flops: 60 * count,
      },
    ]
  },
}
