/** The whole network of a run: two backbones with their projection heads, as a list of tensors. */
import { type Modality, type MVitShape, mvitShape } from '../schema/mvit'
import type { HeadConfig, NetworkConfig } from '../schema/presets'
import { backboneTensors, headTensors, type TensorSpec } from './parameters'

export interface Network {
  readonly config: NetworkConfig
  readonly shapes: Readonly<Record<Modality, MVitShape>>
  readonly head: HeadConfig
  readonly tensors: readonly TensorSpec[]
}

export const modalities: readonly Modality[] = ['video', 'audio']

/** @throws what {@link mvitShape} finds wrong in either configuration. */
export function describeNetwork(config: NetworkConfig): Network {
  const shapes = { video: mvitShape(config.video), audio: mvitShape(config.audio) }
  const tensors = [
    ...modalities.flatMap((modality) => backboneTensors(shapes[modality], `net.${modality}.`)),
    ...modalities.flatMap((modality) => headTensors(config.head, shapes[modality].outputDim, `head.${modality}.`)),
  ]
  return { config, shapes, head: config.head, tensors }
}

/** Number of trained scalars whose name starts with `prefix`. */
export const parameterCount = ({ tensors }: Network, prefix: string): number =>
  tensors
    .filter(({ role, name }) => role === 'parameter' && name.startsWith(prefix))
    .reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0)
