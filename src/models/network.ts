/** The whole network of a run: two backbones with their projection heads, as a list of tensors. */
import { type Modality, type MVitShape, mvitShape } from '../schema/mvit'
import type { FrozenConfig, HeadConfig, NetworkConfig } from '../schema/presets'
import { backboneTensors, headTensors, type TensorSpec } from './parameters'

/** A network for inference: one modality may be missing, and so may the heads. */
export interface FrozenNetwork {
  readonly config: FrozenConfig
  readonly shapes: Readonly<Partial<Record<Modality, MVitShape>>>
  readonly head?: HeadConfig
  readonly tensors: readonly TensorSpec[]
}

export interface Network extends FrozenNetwork {
  readonly config: NetworkConfig
  readonly shapes: Readonly<Record<Modality, MVitShape>>
  readonly head: HeadConfig
  readonly tensors: readonly TensorSpec[]
}

export const modalities: readonly Modality[] = ['video', 'audio']

/** @throws what {@link mvitShape} finds wrong in either configuration. */
export function describeNetwork(config: NetworkConfig): Network {
  const shapes = { video: mvitShape(config.video), audio: mvitShape(config.audio) }
  return { ...describeFrozen(config), config, shapes, head: config.head }
}

/** What there is of a network. @throws what {@link mvitShape} finds wrong. */
export function describeFrozen(config: FrozenConfig): FrozenNetwork {
  const { video, audio, head } = config
  const shapes = { ...(video ? { video: mvitShape(video) } : {}), ...(audio ? { audio: mvitShape(audio) } : {}) }
  const each = (tensorsOf: (modality: Modality, shape: MVitShape) => TensorSpec[]) =>
    modalities.flatMap((modality) => {
      const shape = shapes[modality]
      return shape ? tensorsOf(modality, shape) : []
    })
  const tensors = [
    ...each((modality, shape) => backboneTensors(shape, `net.${modality}.`)),
    ...(head ? each((modality, { outputDim }) => headTensors(head, outputDim, `head.${modality}.`)) : []),
  ]
  return { config, shapes, tensors, ...(head ? { head } : {}) }
}

/** Number of trained scalars whose name starts with `prefix`. */
export const parameterCount = ({ tensors }: FrozenNetwork, prefix: string): number =>
  tensors
    .filter(({ role, name }) => role === 'parameter' && name.startsWith(prefix))
    .reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0)
