/** Where a run's tensors lie: parameters, gradients and moments are four ranges of one layout, so that clipping and AdamW are a few launches over all of them. */
import type { NamedType } from '../gpu/memory'
import { byteLength, f32Tensor } from '../gpu/operator'
import { align } from '../gpu/plan'
import type { Network } from '../models/network'
import { decays } from '../models/parameters'
import { decayBlock } from '../ops/adam-w'

/** Names under which a graph finds the flat ranges. */
export const flat = {
  parameters: 'all parameters',
  gradients: 'all gradients',
  firstMoments: 'all first moments',
  secondMoments: 'all second moments',
  decayFlags: 'decay flags',
  adamState: 'adam state',
} as const
export const gradientOf = (name: string): string => `gradient of ${name}`

export interface TrainingLayout {
  readonly parameters: readonly NamedType[]
  readonly buffers: readonly NamedType[]
  /** Length of a flat range: every tensor starts at a multiple of 64 floats, the gaps are zero. */
  readonly parameterFloats: number
  /** 1 for each stretch of 64 floats that weight decay applies to. */
  readonly decayFlags: Uint32Array<ArrayBuffer>
}

export function trainingLayout(network: Network): TrainingLayout {
  const named = (role: 'parameter' | 'buffer') =>
    network.tensors
      .filter((spec) => spec.role === role)
      .map(({ name, shape }): NamedType => ({ name, type: f32Tensor(...shape) }))
  const parameters = named('parameter')
  const flags = network.tensors
    .filter(({ role }) => role === 'parameter')
    .flatMap((spec) => {
      const stretches = align(byteLength(f32Tensor(...spec.shape))) / (4 * decayBlock)
      return Array.from({ length: stretches }, () => (decays(spec) ? 1 : 0))
    })
  return {
    parameters,
    buffers: named('buffer'),
    parameterFloats: flags.length * decayBlock,
    decayFlags: Uint32Array.from(flags),
  }
}
