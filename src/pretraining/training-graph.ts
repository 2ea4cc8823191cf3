/**
 * One training step as a graph: both backbones on 2B clips each, heads, objective, gradients, clipping and AdamW.
 * Everything that outlives a step is external memory (see `training-state.ts`).
 */
import { differentiate } from '../gpu/differentiate'
import { GraphBuilder } from '../gpu/graph'
import { f32Tensor, only, u32Tensor, type Value } from '../gpu/operator'
import { buildHead } from '../models/head'
import { buildBackbone } from '../models/mvit'
import { modalities, type Network } from '../models/network'
import { adamW, advanceAdam, decayBlock } from '../ops/adam-w'
import { add } from '../ops/add'
import { gradientNorm } from '../ops/gradient-norm'
import { scale } from '../ops/scale'
import { buildObjective, type ObjectiveSettings } from './objective'
import { flat, gradientOf, type TrainingLayout } from './training-layout'

export interface TrainingGraphOptions {
  /** B: quadruplets per step. */
  readonly batch: number
  readonly objective: ObjectiveSettings
}

/**
 * Inputs `hyper` (f32[8]: learning rate, beta1, beta2, eps, weight decay, clip norm) and `rng` (u32[3]: seed, step, number of the first clip);
 * externals `video` and `audio` (primary views first). Outputs `L`, `Lv`, `La`, `total`, `norm` (gradient norm and
 * whether something is not finite), `logits`, `audioLogits`, `z_video`, `z_audio`.
 */
export function buildTrainingGraph(
  network: Network,
  layout: TrainingLayout,
  { batch, objective }: TrainingGraphOptions,
): GraphBuilder {
  const graph = new GraphBuilder()
  const values = new Map<string, Value>()
  for (const { name, shape } of network.tensors) values.set(name, graph.external(name, f32Tensor(...shape)))
  const lookup = (prefix: string) => (name: string) => {
    const value = values.get(prefix + name)
    if (!value) throw new Error(`The network has no tensor "${prefix}${name}".`)
    return value
  }
  const rng = graph.input('rng', u32Tensor(3))
  const projections = modalities.map((modality, stream) => {
    const shape = network.shapes[modality]
    const input = graph.external(modality, f32Tensor(2 * batch, ...shape.config.input))
    const tensor = lookup(`net.${modality}.`)
    const { embedding } = buildBackbone(graph, shape, input, tensor, { mode: 'train', rng, stream })
    const z = buildHead(graph, network.head, embedding, lookup(`head.${modality}.`), 'train')
    graph.output(`z_${modality}`, z)
    return z
  })
  const [zVideo, zAudio] = projections
  if (!zVideo || !zAudio) throw new Error('A network has two modalities.')
  const losses = buildObjective(graph, zVideo, zAudio, objective)
  for (const [name, value] of Object.entries(losses)) graph.output(name, value)

  const one = graph.input('one', f32Tensor(1))
  const parameters = network.tensors.filter(({ role }) => role === 'parameter')
  const sources = parameters.map(({ name }) => lookup('')(name))
  differentiate(graph, [[losses.total, one]], sources, add).forEach((gradient, index) => {
    const spec = parameters[index]
    if (!gradient || !spec) return
    // A gradient that passes through unchanged is somebody else's memory: it is copied into its own place.
    const computed = graph.isComputed(gradient) ? gradient : only(graph.apply(scale, [gradient], { factor: 1 }))
    graph.place(computed, gradientOf(spec.name))
  })
  const size = layout.parameterFloats
  const external = (name: string) => graph.external(name, f32Tensor(size))
  const gradients = external(flat.gradients)
  const norm = only(graph.apply(gradientNorm, [gradients], null))
  graph.output('norm', norm)
  const hyper = graph.input('hyper', f32Tensor(8))
  const state = graph.external(flat.adamState, f32Tensor(4))
  graph.apply(advanceAdam, [hyper, norm, state], null)
  graph.apply(
    adamW,
    [
      external(flat.parameters),
      gradients,
      external(flat.firstMoments),
      external(flat.secondMoments),
      graph.external(flat.decayFlags, u32Tensor(size / decayBlock)),
      hyper,
      norm,
      state,
    ],
    null,
  )
  return graph
}
