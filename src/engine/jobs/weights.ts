/** Trained weights between cells: one safetensors file under the hash of the pretraining that made it. */
import { readSafetensors, writeSafetensors } from '../../formats/safetensors'
import { describeNetwork, type Network } from '../../models/network'
import { type NetworkConfig, networkConfig } from '../../schema/presets'
import { loadBytes, saveBytes } from '../../storage/result-store'
import type { JobContext } from './job'

export const weightsFile = 'weights.safetensors'

/** PyTorch's batch norms count their batches; `strict=True` asks for the number. */
const countedNorm = /^(.*)\.running_var$/

export interface WeightsInfo {
  readonly config: NetworkConfig
  readonly seed: number
  readonly step: number
}

/** All tensors of a network as a safetensors file, under the authors' names. */
export function encodeWeights(
  network: Network,
  tensors: ReadonlyMap<string, Float32Array>,
  info: WeightsInfo,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer>[] {
  const entries = network.tensors.flatMap(({ name, shape }) => {
    const data = tensors.get(name)
    if (!data) throw new Error(`The weights hold no tensor "${name}".`)
    const own = { name, shape, data: data as Float32Array<ArrayBuffer> }
    const norm = countedNorm.exec(name)?.[1]
    return norm
      ? [own, { name: `${norm}.num_batches_tracked`, shape: [], data: BigInt64Array.of(BigInt(info.step)) }]
      : [own]
  })
  return writeSafetensors(entries, {
    format: 'pt',
    config: JSON.stringify(info.config),
    seed: String(info.seed),
    step: String(info.step),
    ...metadata,
  })
}

export const storeWeights = (hash: string, parts: readonly Uint8Array[]): Promise<void> =>
  saveBytes(hash, weightsFile, parts)

/** The weights stored under the hash of a pretraining cell. @throws when storage lost them. */
export async function loadWeights(hash: string): Promise<{
  network: Network
  tensors: Map<string, Float32Array>
  info: WeightsInfo
}> {
  const stored = await loadBytes(hash, weightsFile)
  if (!stored) throw new Error('The trained weights are no longer stored in this browser. Run the pretraining again.')
  const { metadata, tensors } = readSafetensors(await stored.arrayBuffer())
  const config: NetworkConfig = JSON.parse(metadata.config ?? 'null')
  const network = describeNetwork(config)
  const floats = new Map<string, Float32Array>()
  for (const { name } of network.tensors) {
    const data = tensors.get(name)?.data
    if (data instanceof Float32Array) floats.set(name, data)
  }
  return { network, tensors: floats, info: { config, seed: Number(metadata.seed), step: Number(metadata.step) } }
}

/** The network that the upstream model cell describes. */
export function upstreamNetwork({ request }: JobContext): { network: Network; config: NetworkConfig } {
  const model = request.upstream.findLast(({ kind }) => kind === 'model')
  if (!model) throw new Error('This cell reads no model cell. Add one to its inputs.')
  const config = networkConfig(model.settings)
  return { network: describeNetwork(config), config }
}
