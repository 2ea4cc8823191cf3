/**
 * Where a run's tensors lie: parameters, gradients and moments are four lists of ranges of one layout, so that clipping
 * and AdamW are a few launches over all of them: one, unless the adapter binds less than all at once.
 */
import { type NamedType, splitTensors } from '../gpu/memory'
import { byteLength, f32Tensor } from '../gpu/operator'
import { align } from '../gpu/plan'
import type { Network } from '../models/network'
import { decays } from '../models/parameters'
import { decayBlock } from '../ops/adam-w'

/** Names under which a graph finds the flat ranges, each by its number. */
export const flat = {
  parameters: (range: number) => `all parameters ${range}`,
  gradients: (range: number) => `all gradients ${range}`,
  firstMoments: (range: number) => `all first moments ${range}`,
  secondMoments: (range: number) => `all second moments ${range}`,
  decayFlags: (range: number) => `decay flags ${range}`,
  adamState: 'adam state',
} as const
export const gradientOf = (name: string): string => `gradient of ${name}`

export interface FlatRange {
  /** Every tensor starts at a multiple of 64 floats, the gaps are zero. */
  readonly floats: number
  /** 1 for each stretch of 64 floats that weight decay applies to. */
  readonly decayFlags: Uint32Array<ArrayBuffer>
}

export interface TrainingLayout {
  readonly parameters: readonly NamedType[]
  readonly buffers: readonly NamedType[]
  readonly ranges: readonly FlatRange[]
  /** Largest range in bytes that the layout was made for. */
  readonly rangeLimit: number
}

/**
 * @param rangeLimit Most bytes of one range: what one binding of the adapter covers.
 * @throws when one parameter alone is larger, naming it.
 */
export function trainingLayout(network: Network, rangeLimit: number): TrainingLayout {
  const named = (role: 'parameter' | 'buffer') =>
    network.tensors
      .filter((spec) => spec.role === role)
      .map(({ name, shape }): NamedType => ({ name, type: f32Tensor(...shape) }))
  const parameters = named('parameter')
  const decayed = new Set(network.tensors.filter(decays).map(({ name }) => name))
  const ranges = splitTensors(parameters, rangeLimit).map((stretch): FlatRange => {
    const decayFlags = stretch.flatMap(({ name, type }) =>
      Array.from({ length: align(byteLength(type)) / (4 * decayBlock) }, () => (decayed.has(name) ? 1 : 0)),
    )
    return { floats: decayFlags.length * decayBlock, decayFlags: Uint32Array.from(decayFlags) }
  })
  return { parameters, buffers: named('buffer'), ranges, rangeLimit }
}
