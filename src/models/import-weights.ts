/**
 * Weights from elsewhere: which networks a checkpoint holds, checked tensor by tensor before any number is read, and the
 * numbers themselves as float32 under our names.
 */
import type { LazyTensor } from '../formats/elements'
import type { Modality, MVitConfig } from '../schema/mvit'
import type { FrozenConfig } from '../schema/presets'
import { checkTensors } from './match-weights'
import { describeFrozen, type FrozenNetwork } from './network'
import { backboneTensors } from './parameters'
import { recogniseBackbone } from './recognise'
import { recogniseHeads } from './recognise-heads'
import { type BackboneTensors, sortTensors } from './weight-names'

export interface ImportedWeights {
  /** Pooling is a placeholder: shapes do not tell it. */
  readonly config: FrozenConfig
  /** What was assumed or left out, for people to read. */
  readonly notes: readonly string[]
  /** By our names. */
  readonly tensors: ReadonlyMap<string, LazyTensor>
  /** How many batches the input norms have seen. */
  readonly batchesTracked: LazyTensor | undefined
}

export interface ImportOptions {
  /** Configuration that the file itself gives, as this project's exports do. */
  readonly written?: FrozenConfig
  /** Stride of the keys of block 0, tried first. */
  readonly keyStride: Readonly<Record<Modality, number>>
}

/**
 * Recognises the networks of a checkpoint.
 * @throws when there is none, or naming the tensors that are missing, not expected, or of another shape.
 */
export function recogniseWeights(all: ReadonlyMap<string, LazyTensor>, options: ImportOptions): ImportedWeights {
  const sorted = sortTensors(all)
  const notes: string[] = []
  const tensors = new Map<string, LazyTensor>()
  const found: { video?: MVitConfig; audio?: MVitConfig } = {}
  for (const backbone of sorted.backbones) {
    const { modality } = backbone
    const config = configOf(backbone, options, notes)
    found[modality] = config
    for (const [name, tensor] of backbone.tensors) tensors.set(`net.${modality}.${name}`, tensor)
  }
  const head = found.video && found.audio ? recogniseHeads(sorted.heads) : undefined
  if (head) {
    const expected = describeFrozen({ ...found, head }).tensors.filter(({ name }) => name.startsWith('head.'))
    checkTensors(expected, sorted.heads, '')
    for (const [name, tensor] of sorted.heads) tensors.set(name, tensor)
  } else notes.push('It has no projection heads: its embeddings can be probed, but sound and picture not be compared.')
  if (sorted.others.length > 0)
    notes.push(`Left out: ${sorted.others.slice(0, 5).join(', ')}${sorted.others.length > 5 ? ' and others' : ''}.`)
  const counter = sorted.backbones
    .map((backbone) => backbone.tensors.get('patch_embed.norm.num_batches_tracked'))
    .find((tensor) => tensor !== undefined)
  return { config: { ...found, ...(head ? { head } : {}) }, notes, tensors, batchesTracked: counter }
}

function configOf(backbone: BackboneTensors<LazyTensor>, options: ImportOptions, notes: string[]): MVitConfig {
  const { modality, tensors, prefix } = backbone
  const written = options.written?.[modality]
  const fits = (config: MVitConfig): void =>
    checkTensors(backboneTensors(describedShape({ [modality]: config }, modality), ''), tensors, prefix)
  if (written) {
    fits(written)
    notes.push(`The file says that its ${modality} embedding was ${written.pooling}.`)
    return written
  }
  const { config, keyStrideAssumed } = recogniseBackbone(backbone, options.keyStride[modality])
  const placed: MVitConfig = { ...config, pooling: 'mean-norm' }
  fits(placed)
  if (keyStrideAssumed)
    notes.push(
      `The shapes of the ${modality} network allow several key strides; ${config.poolKvStrideAdaptive?.[1]} is assumed (a setting of its own).`,
    )
  return placed
}

function describedShape(config: FrozenConfig, modality: Modality) {
  const shape = describeFrozen(config).shapes[modality]
  if (!shape) throw new Error(`The configuration has no ${modality} network.`)
  return shape
}

/** Reads every number of a recognised network. @throws naming a tensor of whole numbers, or one that is not finite. */
export async function readWeights(
  network: FrozenNetwork,
  weights: ImportedWeights,
  onProgress: (done: number, total: number) => void,
): Promise<Map<string, Float32Array>> {
  const read = new Map<string, Float32Array>()
  for (const [index, { name }] of network.tensors.entries()) {
    onProgress(index, network.tensors.length)
    const tensor = weights.tensors.get(name)
    const data = await tensor?.read()
    if (!(data instanceof Float32Array))
      throw new Error(`${name} holds ${tensor?.dtype ?? 'nothing'}; numbers with a fraction are expected.`)
    if (!data.every(Number.isFinite)) throw new Error(`${name} holds numbers that are not finite.`)
    read.set(name, data)
  }
  return read
}
