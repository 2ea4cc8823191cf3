/**
 * Weights between cells: one safetensors file under the hash of the cell that made them, be it a pretraining or a model
 * cell that took in a file. The same tensors leave as safetensors and as a PyTorch checkpoint.
 */
import type { Numbers } from '../../formats/elements'
import { writePytorch } from '../../formats/pytorch-writer'
import { readSafetensors, writeSafetensors } from '../../formats/safetensors'
import { describeFrozen, describeNetwork, type FrozenNetwork, type Network } from '../../models/network'
import type { Settings } from '../../schema/notebook'
import { type FrozenConfig, headConfig, type NetworkConfig, networkConfig } from '../../schema/presets'
import { completeSettings } from '../../schema/settings'
import { variantOf } from '../../schema/variants'
import { loadBytes, saveBytes } from '../../storage/result-store'
import type { RunRequest } from '../api'
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
async function storedWeights(hash: string): Promise<LoadedWeights | null> {
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

export interface StartingPoint {
  readonly network: Network
  readonly config: NetworkConfig
  /** What training goes on from; without, or beyond them, tensors start at random. */
  readonly tensors: ReadonlyMap<string, Float32Array> | null
  readonly batchesTracked: number
}

/**
 * What there is to train: for a variant that starts from another its parent's networks, heads and weights; otherwise
 * those of the upstream model cell, or of the paper's size where that is asked for.
 */
export async function startingPoint({ request }: JobContext): Promise<StartingPoint> {
  const variant = variantOf(request.settings)
  if (variant?.from) return fromParent(variant.name, variant.from, request.runsBefore)
  if (variant && request.settings.paperSize === true)
    return atRandom(networkConfig(completeSettings('model', { preset: variant.backbone })))
  const model = request.upstream.findLast(({ kind }) => kind === 'model')
  if (!model) throw new Error('This cell reads no model cell. Add one to its inputs.')
  if (!isImported(model.settings)) return atRandom(networkConfig(model.settings))
  const weights = await storedWeights(model.hash)
  if (!weights) throw new Error('The imported weights are no longer stored in this browser. Drop their file again.')
  const { video, audio, head = headConfig(model.settings) } = weights.info.config
  if (!video || !audio)
    throw new Error(`The weights hold no ${video ? 'audio' : 'video'} network. Pretraining trains one of each.`)
  const config: NetworkConfig = { video, audio, head }
  const { tensors, info } = weights
  return { network: describeNetwork(config), config, tensors, batchesTracked: info.batchesTracked }
}

const atRandom = (config: NetworkConfig): StartingPoint => ({
  network: describeNetwork(config),
  config,
  tensors: null,
  batchesTracked: 0,
})

/** Backbones and heads are carried over; moments and schedule start anew (spec/pretraining.md section 7). */
async function fromParent(name: string, parent: string, runs: RunRequest['runsBefore'] = []): Promise<StartingPoint> {
  const run = runs.find(({ variant }) => variant === parent)
  const weights = run && (await storedWeights(run.hash))
  if (!weights)
    throw new Error(`${name} starts from ${parent}, whose weights are not stored here. Run ${parent} first.`)
  const { tensors, info } = weights
  const { video, audio, head } = info.config
  if (!video || !audio || !head) throw new Error(`The weights of ${parent} lack a network. Run ${parent} again.`)
  const config: NetworkConfig = { video, audio, head }
  return { network: describeNetwork(config), config, tensors, batchesTracked: info.batchesTracked }
}

/** A model cell with a file has no setting for what the file tells. */
const isImported = (settings: Settings): boolean => settings.preset === undefined
