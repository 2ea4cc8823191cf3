/** Where a pretraining starts: at random, with imported weights, or with those of the run its variant goes on from. */
import { describeNetwork, type Network } from '../../models/network'
import type { Settings } from '../../schema/notebook'
import { headConfig, type NetworkConfig, networkConfig } from '../../schema/presets'
import { completeSettings } from '../../schema/settings'
import { variantOf } from '../../schema/variants'
import type { RunRequest } from '../api'
import type { JobContext } from './job'
import { storedWeights } from './weights'

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
