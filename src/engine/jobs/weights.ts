/**
 * Weights between cells: one safetensors file under the hash of the cell that made them, be it a pretraining or a model
 * cell that took in a file. The same tensors leave as safetensors and as a PyTorch checkpoint.
 */
import type { Numbers } from '../../formats/elements'
import { writePytorch } from '../../formats/pytorch-writer'
import { readSafetensors, writeSafetensors } from '../../formats/safetensors'
import { describeFrozen, type FrozenNetwork } from '../../models/network'
import type { FrozenConfig } from '../../schema/presets'
import { loadBytes, saveBytes } from '../../storage/result-store'
import type { JobContext } from './job'

export const weightsFile = 'weights.safetensors'
export const checkpointFile = 'weights.pt'

/** PyTorch's batch norms count their batches; `strict=True` asks for the number. */
const countedNorm = /^(.*)\.running_var$/

export interface WeightsInfo {
  readonly config: FrozenConfig
  readonly seed: number
  /** Of this project's training; 0 for weights from elsewhere. */
  readonly step: number
  /** Batches that the norms have seen, those before an import included. */
  readonly batchesTracked: number
}

export interface LoadedWeights {
  readonly hash: string
  readonly network: FrozenNetwork
  readonly tensors: ReadonlyMap<string, Float32Array>
  readonly info: WeightsInfo
}

/** All that a state dict holds, under the authors' names. @throws when a tensor of the network is not there. */
function stateDict(
  network: FrozenNetwork,
  tensors: ReadonlyMap<string, Float32Array>,
  { batchesTracked }: WeightsInfo,
): { name: string; shape: readonly number[]; data: Numbers }[] {
  return network.tensors.flatMap(({ name, shape }) => {
    const data = tensors.get(name)
    if (!data) throw new Error(`The weights hold no tensor "${name}".`)
    const own = { name, shape, data: data as Float32Array<ArrayBuffer> }
    const norm = countedNorm.exec(name)?.[1]
    return norm
      ? [own, { name: `${norm}.num_batches_tracked`, shape: [], data: BigInt64Array.of(BigInt(batchesTracked)) }]
      : [own]
  })
}

const metadataOf = ({ config, seed, step }: WeightsInfo): Record<string, string> => ({
  config: JSON.stringify(config),
  seed: String(seed),
  step: String(step),
})

type Encode = (
  network: FrozenNetwork,
  tensors: ReadonlyMap<string, Float32Array>,
  info: WeightsInfo,
  metadata?: Readonly<Record<string, string>>,
) => Uint8Array<ArrayBuffer>[]

/** All tensors of a network as a safetensors file. */
export const encodeWeights: Encode = (network, tensors, info, metadata = {}) =>
  writeSafetensors(stateDict(network, tensors, info), { format: 'pt', ...metadataOf(info), ...metadata })

/** The same as a PyTorch checkpoint: the state dict under `model`, the metadata beside it. */
export const encodeCheckpoint: Encode = (network, tensors, info, metadata = {}) =>
  writePytorch(stateDict(network, tensors, info), { ...metadataOf(info), ...metadata })

export const storeWeights = (hash: string, parts: readonly Uint8Array[]): Promise<void> =>
  saveBytes(hash, weightsFile, parts)

/** Stores the weights of one run under another's hash too. @throws when they are not there. */
export async function copyWeights(from: string, to: string): Promise<void> {
  const stored = await loadBytes(from, weightsFile)
  if (!stored) throw new Error('The trained weights are no longer stored in this browser. Run the pretraining again.')
  await storeWeights(to, [new Uint8Array(await stored.arrayBuffer())])
}

/** The weights stored under a cell's hash; null when there are none. */
export async function storedWeights(hash: string): Promise<LoadedWeights | null> {
  const stored = await loadBytes(hash, weightsFile)
  if (!stored) return null
  const { metadata, tensors } = readSafetensors(await stored.arrayBuffer())
  // Only this file writes what is stored under a hash.
  const config: FrozenConfig = JSON.parse(metadata.config ?? 'null')
  const network = describeFrozen(config)
  const floats = new Map<string, Float32Array>()
  let batchesTracked = 0
  for (const [name, { data }] of tensors)
    if (data instanceof Float32Array) floats.set(name, data)
    else if (name.endsWith('num_batches_tracked')) batchesTracked = Number(data[0] ?? 0)
  const info = { config, seed: Number(metadata.seed), step: Number(metadata.step), batchesTracked }
  return { hash, network, tensors: floats, info }
}

/** The nearest weights above: of a pretraining, or of a model cell that holds some. @throws when there are none. */
export async function upstreamWeights({ request }: JobContext): Promise<LoadedWeights> {
  for (const { kind, hash } of request.upstream.toReversed()) {
    if (kind !== 'pretrain' && kind !== 'model') continue
    const weights = await storedWeights(hash)
    if (weights) return weights
    if (kind === 'pretrain')
      throw new Error('The trained weights are no longer stored in this browser. Run the pretraining again.')
  }
  throw new Error(
    'This cell reads no weights. Add a pretrain cell, or a model cell with a file of weights, to its inputs.',
  )
}
