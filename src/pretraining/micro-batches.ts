/**
 * A training step cut into graphs that handle m of the 2B clips at a time (gradient caching: Gao et al. 2021, "Scaling
 * Deep Contrastive Learning Batch Size under Memory Limited Setup"). All clips are embedded, heads and objective see all
 * embeddings at once, then each micro-batch is computed again and differentiated from its part of the embeddings'
 * cotangents. The gradient is that of the whole batch: the only other thing that clips share, the statistics of the
 * input normalisation, is known beforehand, and drop path draws by the number of the clip.
 */
import { differentiate } from '../gpu/differentiate'
import { GraphBuilder } from '../gpu/graph'
import type { NamedType } from '../gpu/memory'
import { f32Tensor, u32Tensor } from '../gpu/operator'
import { inputStatistics } from '../models/mvit'
import { modalities, type Network } from '../models/network'
import { add } from '../ops/add'
import { addInto } from '../ops/add-into'
import { halfStorage } from '../ops/half'
import type { Modality } from '../schema/mvit'
import {
  networkTensors,
  parameterNames,
  placeCopy,
  recordBackbone,
  recordObjective,
  recordUpdate,
  type TrainingGraphOptions,
  within,
} from './training-graph'
import { gradientOf, type TrainingLayout } from './training-layout'

/** One graph of a step and how the step replays it. */
export interface Phase {
  readonly name: string
  readonly graph: GraphBuilder
  /** Replayed for each micro-batch in turn; otherwise once. */
  readonly perMicroBatch: boolean
  /** Memory that is filled before a replay with the micro-batch's part of other memory: `[memory, whole]`. */
  readonly takes: readonly (readonly [to: string, from: string])[]
  /** Memory that goes to its part of other memory after a replay: `[memory, whole]`. */
  readonly gives: readonly (readonly [from: string, to: string])[]
}

export interface MicroBatchOptions extends TrainingGraphOptions {
  /** m: clips of one modality that a backbone handles at a time; a divisor of 2B. */
  readonly microBatch: number
}

/** Memory of one micro-batch of clips; all of a modality are a list of such. */
export const clipsOf = (modality: string, part: number): string => `${modality} ${part}`
/** Memory of what passes from one phase to the next. */
const all = {
  embeddings: (modality: Modality) => `${modality} embeddings`,
  cotangents: (modality: Modality) => `cotangents of ${modality} embeddings`,
  mean: (modality: Modality) => `mean of ${modality}`,
  variance: (modality: Modality) => `variance of ${modality}`,
} as const
/** Memory of the micro-batch that a replay works on. */
const one = {
  clips: (modality: Modality) => `micro-batch of ${modality}`,
  embeddings: (modality: Modality) => `${modality} embeddings of a micro-batch`,
  cotangents: (modality: Modality) => `cotangents of ${modality} embeddings of a micro-batch`,
} as const

/**
 * What the phases need beside state and clips: `whole`, what passes from one to the next, and `current`, the
 * micro-batch at work. Copies go from one list to the other, so they must not share a buffer.
 */
export function cacheTypes(network: Network, { batch, microBatch }: MicroBatchOptions) {
  const whole: NamedType[] = []
  const current: NamedType[] = []
  for (const modality of modalities) {
    const { channels, outputDim, config } = network.shapes[modality]
    whole.push(
      { name: all.embeddings(modality), type: f32Tensor(2 * batch, outputDim) },
      { name: all.cotangents(modality), type: f32Tensor(2 * batch, outputDim) },
      { name: all.mean(modality), type: f32Tensor(channels) },
      { name: all.variance(modality), type: f32Tensor(channels) },
    )
    current.push(
      { name: one.clips(modality), type: f32Tensor(microBatch, ...config.input) },
      { name: one.embeddings(modality), type: f32Tensor(microBatch, outputDim) },
      { name: one.cotangents(modality), type: f32Tensor(microBatch, outputDim) },
    )
  }
  return { whole, current }
}

/** The phases of a step in order. Gradients of backbones are added to what is there, so they start from zeros. */
export function buildPhases(network: Network, layout: TrainingLayout, options: MicroBatchOptions): Phase[] {
  const update = new GraphBuilder()
  recordUpdate(update, layout)
  return [
    once('statistics', buildStatistics(network, options)),
    ...modalities.map((modality) => ({
      name: `${modality} forward`,
      graph: buildForward(network, modality, options),
      perMicroBatch: true,
      takes: [[one.clips(modality), modality] as const],
      gives: [[one.embeddings(modality), all.embeddings(modality)] as const],
    })),
    once('heads', buildHeads(network, options)),
    ...modalities.map((modality) => ({
      name: `${modality} backward`,
      graph: buildBackward(network, modality, options),
      perMicroBatch: true,
      takes: [[one.clips(modality), modality] as const, [one.cotangents(modality), all.cotangents(modality)] as const],
      gives: [],
    })),
    once('update', update),
  ]
}

/** A phase that sees the whole batch. */
export const once = (name: string, graph: GraphBuilder): Phase => ({
  name,
  graph,
  perMicroBatch: false,
  takes: [],
  gives: [],
})

/** The pre-pass: input statistics of both modalities over the whole batch; running statistics move once. */
function buildStatistics(network: Network, { batch, microBatch }: MicroBatchOptions): GraphBuilder {
  const graph = new GraphBuilder()
  const tensor = networkTensors(graph, network)
  for (const modality of modalities) {
    const type = f32Tensor(microBatch, ...network.shapes[modality].config.input)
    const parts = Array.from({ length: (2 * batch) / microBatch }, (_, part) =>
      graph.external(clipsOf(modality, part), type),
    )
    const { mean, variance } = inputStatistics(graph, parts, within(tensor, `net.${modality}.`))
    graph.place(mean, all.mean(modality))
    graph.place(variance, all.variance(modality))
  }
  return graph
}

function recordMicroBatch(graph: GraphBuilder, network: Network, modality: Modality, microBatch: number) {
  const tensor = networkTensors(graph, network)
  const { channels, config } = network.shapes[modality]
  const statistics = {
    mean: graph.external(all.mean(modality), f32Tensor(channels)),
    variance: graph.external(all.variance(modality), f32Tensor(channels)),
  }
  const clips = graph.external(one.clips(modality), f32Tensor(microBatch, ...config.input))
  const rng = graph.input('rng', u32Tensor(3))
  return { tensor, ...recordBackbone(graph, network, modality, tensor, clips, statistics, rng) }
}

function buildForward(network: Network, modality: Modality, { microBatch }: MicroBatchOptions): GraphBuilder {
  const graph = new GraphBuilder()
  const { embedding } = recordMicroBatch(graph, network, modality, microBatch)
  placeCopy(graph, embedding, one.embeddings(modality))
  return graph
}

function buildHeads(network: Network, { batch, objective }: MicroBatchOptions): GraphBuilder {
  const graph = new GraphBuilder()
  const tensor = networkTensors(graph, network)
  const embedding = (modality: Modality) =>
    graph.external(all.embeddings(modality), f32Tensor(2 * batch, network.shapes[modality].outputDim))
  const embeddings = { video: embedding('video'), audio: embedding('audio') }
  const total = recordObjective(graph, network, tensor, embeddings, objective)
  const names = parameterNames(network, 'head.')
  const sources = [...names.map(tensor), ...modalities.map((modality) => embeddings[modality])]
  const places = [...names.map(gradientOf), ...modalities.map(all.cotangents)]
  differentiate(graph, [[total, graph.input('one', f32Tensor(1))]], sources, add, {
    onGradient: (gradient, source) => placeCopy(graph, gradient, places[source] ?? ''),
  })
  return graph
}

function buildBackward(
  network: Network,
  modality: Modality,
  { microBatch, recompute = false, halfStorage: isHalf = false }: MicroBatchOptions,
): GraphBuilder {
  const graph = new GraphBuilder()
  const { tensor, embedding, stretches } = recordMicroBatch(graph, network, modality, microBatch)
  const cotangent = graph.external(one.cotangents(modality), embedding.type)
  const names = parameterNames(network, `net.${modality}.`)
  const half = halfStorage(graph, isHalf ? stretches : [])
  differentiate(graph, [[embedding, cotangent]], names.map(tensor), add, {
    recomputed: recompute ? stretches : [],
    recall: half.recall,
    onGradient: (gradient, parameter) => {
      const sum = graph.external(gradientOf(names[parameter] ?? ''), gradient.type)
      graph.apply(addInto, [sum, gradient], null)
    },
  })
  half.settle()
  return graph
}
