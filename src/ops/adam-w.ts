/**
 * AdamW (Loshchilov and Hutter 2019) as PyTorch computes it, with clipping by the global norm. Step count, skipped steps
 * and bias corrections live on the device; a step whose gradient is not finite changes only the count of skipped ones.
 */
import adamSource from '../../shaders/optimiser/adam_w.wgsl?raw'
import advance from '../../shaders/optimiser/advance_adam.wgsl?raw'
import { elementCount, type Operator, typeAt } from '../gpu/operator'
import { requireCount, threads } from './elements'

export interface AdamWSettings {
  readonly learningRate: number
  readonly beta1: number
  readonly beta2: number
  readonly eps: number
  readonly weightDecay: number
  /** Largest global norm of the gradient; 0 turns clipping off. */
  readonly clipNorm: number
}

/** The `hyper` input [8] of {@link adamW}. 1 - beta is taken here, in float64: in f32 it would be off by 1e-5. */
export const adamHyper = (settings: AdamWSettings): Float32Array<ArrayBuffer> =>
  Float32Array.of(
    settings.learningRate,
    1 - settings.beta1,
    1 - settings.beta2,
    settings.eps,
    settings.weightDecay,
    settings.clipNorm,
    0,
    0,
  )

/** Parameters that share one weight-decay flag; tensors of a parameter range start at multiples of it. */
export const decayBlock = 64

/**
 * hyper [8] ({@link adamHyper}), norm [2] (`gradientNorm`), state [4] (steps, skipped steps, 1 - beta1^t, 1 - beta2^t;
 * zeros at first): counts a step, once, before {@link adamW} takes it on every range of parameters.
 */
export const advanceAdam: Operator<null> = {
  name: 'advanceAdam',
  mutates: [2],
  infer(inputs) {
    for (const [index, count] of [8, 2, 4].entries())
      requireCount(typeAt(inputs, index, 'advanceAdam'), count, `input ${index}`)
    return []
  },
  launch: () => [
    {
      source: advance,
      entryPoint: 'advance_adam',
      uniforms: [],
      bindings: [{ input: 0 }, { input: 1 }, { input: 2 }],
      workgroups: [1, 1, 1],
    },
  ],
}

/**
 * parameters [P], gradients [P], first moments [P], second moments [P], decay flags u32 [P / 64] (1: the block decays),
 * hyper [8], norm [2], state [4] as {@link advanceAdam} left it. P is a multiple of 64. Changes parameters and moments.
 */
export const adamW: Operator<null> = {
  name: 'adamW',
  mutates: [0, 2, 3],
  infer(inputs) {
    const size = elementCount(typeAt(inputs, 0, 'adamW'))
    if (size % decayBlock !== 0) throw new Error(`the number of parameters must be a multiple of ${decayBlock}`)
    const counts = [size, size, size, size, size / decayBlock, 8, 2, 4]
    for (const [index, count] of counts.entries()) requireCount(typeAt(inputs, index, 'adamW'), count, `input ${index}`)
    if (typeAt(inputs, 4, 'adamW').dtype !== 'u32') throw new Error('decay flags must be u32')
    return []
  },
  launch({ inputs }, target) {
    const count = elementCount(typeAt(inputs, 0, 'adamW')) / 4
    return [
      {
        source: adamSource,
        entryPoint: 'adam_w',
        uniforms: [count],
        bindings: inputs.map((_, input) => ({ input })),
        workgroups: threads(count, target),
        flops: 20 * 4 * count,
      },
    ]
  },
}
