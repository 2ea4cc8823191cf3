/**
 * One training step as graphs: both backbones on 2B clips each, heads, objective, gradients, clipping and AdamW.
 * {@link buildTrainingGraph} is all of it at once; `micro-batches.ts` cuts the same parts where a batch does not fit.
 * Everything that outlives a step is external memory (see `training-state.ts`).
 */
import { differentiate, type NodeStretch } from '../gpu/differentiate'
import { baseOf, GraphBuilder } from '../gpu/graph'
import { f32Tensor, only, u32Tensor, type Value } from '../gpu/operator'
import { buildHead } from '../models/head'
import { buildBackbone, type InputStatistics, inputStatistics, type TensorLookup } from '../models/mvit'
import { modalities, type Network } from '../models/network'
import { adamW, advanceAdam, decayBlock } from '../ops/adam-w'
import { add } from '../ops/add'
import { gradientNorm } from '../ops/gradient-norm'
import { halfStorage } from '../ops/half'
import { scale } from '../ops/scale'
import type { Modality } from '../schema/mvit'
import { buildObjective, type ObjectiveSettings } from './objective'
import { flat, gradientOf, type TrainingLayout } from './training-layout'

export interface TrainingGraphOptions {
  /** B: quadruplets per step. */
  readonly batch: number
  readonly objective: ObjectiveSettings
  /** Keeps what goes into each block only, and computes the rest once more on the way back. */
  readonly recompute?: boolean
  /** Keeps what the way back needs of the backbones in float16. */
  readonly halfStorage?: boolean
}

/** Values of a network's tensors in one graph, declared when they are first asked for. */
export function networkTensors(graph: GraphBuilder, network: Network): TensorLookup {
  const shapes = new Map(network.tensors.map(({ name, shape }) => [name, shape]))
  const values = new Map<string, Value>()
  return (name) => {
    const shape = shapes.get(name)
    if (!shape) throw new Error(`The network has no tensor "${name}".`)
    const value = values.get(name) ?? graph.external(name, f32Tensor(...shape))
    values.set(name, value)
    return value
  }
}

/** The tensors below a prefix, for instance `net.video.`. */
export const within =
  (tensor: TensorLookup, prefix: string): TensorLookup =>
  (name) =>
    tensor(prefix + name)

export const parameterNames = (network: Network, prefix = ''): string[] =>
  network.tensors.filter(({ role, name }) => role === 'parameter' && name.startsWith(prefix)).map(({ name }) => name)

export interface RecordedBackbone {
  /** [clips, D] */
  readonly embedding: Value
  /** The stretches of nodes of the patch embedding and of each block. */
  readonly stretches: readonly NodeStretch[]
}

/** Records one backbone on some clips of a batch whose input statistics are known. */
export function recordBackbone(
  graph: GraphBuilder,
  network: Network,
  modality: Modality,
  tensor: TensorLookup,
  clips: Value,
  statistics: InputStatistics,
  rng: Value,
): RecordedBackbone {
  const start = graph.nodes.length
  const { embedding, patches, blocks } = buildBackbone(
    graph,
    network.shapes[modality],
    clips,
    within(tensor, `net.${modality}.`),
    { mode: 'train', rng, stream: modalities.indexOf(modality), statistics },
  )
  const ends = [patches, ...blocks].map(
    (value) => graph.nodes.findIndex(({ outputs }) => outputs.includes(baseOf(value))) + 1,
  )
  return { embedding, stretches: ends.map((to, index) => ({ from: ends[index - 1] ?? start, to })) }
}

/**
 * Records heads and objective on the embeddings of all 2B clips.
 * Outputs `L`, `Lv`, `La`, `total`, `logits`, `audioLogits`, `z_video`, `z_audio`. @returns `total`.
 */
export function recordObjective(
  graph: GraphBuilder,
  network: Network,
  tensor: TensorLookup,
  embeddings: Readonly<Record<Modality, Value>>,
  objective: ObjectiveSettings,
): Value {
  const project = (modality: Modality) => {
    const z = buildHead(graph, network.head, embeddings[modality], within(tensor, `head.${modality}.`), 'train')
    graph.output(`z_${modality}`, z)
    return z
  }
  const losses = buildObjective(graph, project('video'), project('audio'), objective)
  for (const [name, value] of Object.entries(losses)) graph.output(name, value)
  return losses.total
}

/** Has a computed value written into external memory, by way of a copy where it is somebody else's memory. */
export function placeCopy(graph: GraphBuilder, value: Value, name: string): void {
  graph.place(graph.isComputed(value) ? value : only(graph.apply(scale, [value], { factor: 1 })), name)
}

/** Records clipping and AdamW over all parameters. Input `hyper`; output `norm`. */
export function recordUpdate(graph: GraphBuilder, { ranges }: TrainingLayout): void {
  const types = ranges.map(({ floats }) => f32Tensor(floats))
  const gradients = types.map((type, range) => graph.external(flat.gradients(range), type))
  const norm = only(graph.apply(gradientNorm, gradients, null))
  graph.output('norm', norm)
  const hyper = graph.input('hyper', f32Tensor(8))
  const state = graph.external(flat.adamState, f32Tensor(4))
  graph.apply(advanceAdam, [hyper, norm, state], null)
  types.forEach((type, range) => {
    const [parameters, firstMoments, secondMoments] = [flat.parameters, flat.firstMoments, flat.secondMoments].map(
      (name) => graph.external(name(range), type),
    )
    const gradient = gradients[range]
    if (!parameters || !gradient || !firstMoments || !secondMoments) return
    const decayFlags = graph.external(flat.decayFlags(range), u32Tensor((type.shape[0] ?? 0) / decayBlock))
    graph.apply(adamW, [parameters, gradient, firstMoments, secondMoments, decayFlags, hyper, norm, state], null)
  })
}

/**
 * Inputs `hyper` (f32[8]: learning rate, beta1, beta2, eps, weight decay, clip norm), `rng` (u32[3]: seed, step, number
 * of the first clip) and `one` (f32[1]: 1); externals `video` and `audio` (2B clips, primary views first). Outputs those
 * of {@link recordObjective} and `norm` (gradient norm and whether something is not finite).
 */
export function buildTrainingGraph(
  network: Network,
  layout: TrainingLayout,
  { batch, objective, recompute = false, halfStorage: isHalf = false }: TrainingGraphOptions,
): GraphBuilder {
  const graph = new GraphBuilder()
  const tensor = networkTensors(graph, network)
  const rng = graph.input('rng', u32Tensor(3))
  const backbone = (modality: Modality): RecordedBackbone => {
    const clips = graph.external(modality, f32Tensor(2 * batch, ...network.shapes[modality].config.input))
    const statistics = inputStatistics(graph, [clips], within(tensor, `net.${modality}.`))
    return recordBackbone(graph, network, modality, tensor, clips, statistics, rng)
  }
  const video = backbone('video')
  const audio = backbone('audio')
  const embeddings = { video: video.embedding, audio: audio.embedding }
  const total = recordObjective(graph, network, tensor, embeddings, objective)
  const names = parameterNames(network)
  const stretches = [...video.stretches, ...audio.stretches]
  const half = halfStorage(graph, isHalf ? stretches : [])
  differentiate(graph, [[total, graph.input('one', f32Tensor(1))]], names.map(tensor), add, {
    recomputed: recompute ? stretches : [],
    recall: half.recall,
    onGradient: (gradient, parameter) => placeCopy(graph, gradient, gradientOf(names[parameter] ?? '')),
  })
  half.settle()
  recordUpdate(graph, layout)
  return graph
}
