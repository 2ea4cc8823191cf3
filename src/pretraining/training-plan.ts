/**
 * How a run uses the GPU's memory, decided before anything is allocated: how many clips a backbone handles at a time,
 * and the plan of every graph of a step. What is over a limit or the budget is refused here, with the sizes.
 */
import { type NamedType, splitTensors } from '../gpu/memory'
import { byteLength, f32Tensor, type Target } from '../gpu/operator'
import { align, MemoryLimitError, type MemoryPlan, megabytes, planMemory } from '../gpu/plan'
import { modalities, type Network } from '../models/network'
import { fuse } from '../ops/fuse'
import { buildPhases, cacheTypes, clipsOf, once, type Phase } from './micro-batches'
import type { ObjectiveSettings } from './objective'
import { buildTrainingGraph } from './training-graph'
import type { TrainingLayout } from './training-layout'

/** What a run may ask of the GPU's memory. */
export interface MemorySettings {
  /** Clips of a modality that a backbone handles at a time (at most 2B, rounded down to a divisor); 0: the most that fit. */
  readonly microBatch: number
  /** Keeps what goes into each block only, and computes the rest once more on the way back. */
  readonly recompute: boolean
  /** Keeps what the way back needs in float16. */
  readonly halfStorage: boolean
  /** Bytes that the run may take; 0: as many as the adapter gives. */
  readonly budget: number
}

/** Bytes. */
export interface MemoryLimits {
  /** Largest range that one binding covers. */
  readonly binding: number
  /** Largest buffer. */
  readonly buffer: number
}

export interface PlannedPhase extends Phase {
  readonly plan: MemoryPlan
}

export interface TrainingPlan {
  readonly microBatch: number
  readonly recompute: boolean
  readonly phases: readonly PlannedPhase[]
  /** Arenas that all phases share: of each, the most that one of them needs. */
  readonly arenaBytes: readonly number[]
  readonly clips: readonly NamedType[]
  /** Memory of `micro-batches.ts`; empty where all clips are handled at once. */
  readonly caches: { readonly whole: readonly NamedType[]; readonly current: readonly NamedType[] }
  /** What the host reads of a step, in this order. */
  readonly metrics: readonly NamedType[]
  readonly bytes: {
    readonly state: number
    readonly clips: number
    readonly activations: number
    readonly total: number
  }
}

export interface TrainingPlanOptions {
  /** B: quadruplets per step. */
  readonly batch: number
  readonly objective: ObjectiveSettings
}

const bytesOf = (types: readonly NamedType[]): number =>
  types.reduce((sum, { type }) => sum + align(byteLength(type)), 0)

/**
 * Takes the largest micro-batch that fits, or the one asked for.
 * @throws MemoryLimitError when none fits, with sizes, the largest tensors, and what to change.
 */
export function planTraining(
  network: Network,
  layout: TrainingLayout,
  options: TrainingPlanOptions,
  memory: MemorySettings,
  limits: MemoryLimits,
  target: Target,
): TrainingPlan {
  const clips = 2 * options.batch
  const divisors = Array.from({ length: clips }, (_, index) => clips - index).filter((size) => clips % size === 0)
  const wanted = memory.microBatch > 0 ? divisors.filter((size) => size <= memory.microBatch).slice(0, 1) : divisors
  let refusal: unknown
  for (const microBatch of wanted) {
    try {
      return planWith(network, layout, options, memory, limits, target, microBatch)
    } catch (error) {
      if (!(error instanceof MemoryLimitError)) throw error
      refusal = error
    }
  }
  throw refusal
}

function planWith(
  network: Network,
  layout: TrainingLayout,
  options: TrainingPlanOptions,
  { recompute, halfStorage, budget }: MemorySettings,
  limits: MemoryLimits,
  target: Target,
  microBatch: number,
): TrainingPlan {
  const { batch } = options
  const whole = microBatch === 2 * batch
  const graphOptions = { ...options, recompute, halfStorage, microBatch }
  const clips = modalities.flatMap((modality) =>
    Array.from({ length: (2 * batch) / microBatch }, (_, part) => ({
      name: clipsOf(modality, part),
      type: f32Tensor(microBatch, ...network.shapes[modality].config.input),
    })),
  )
  const metrics: NamedType[] = [
    ...['L', 'Lv', 'La', 'total'].map((name) => ({ name, type: f32Tensor(1) })),
    { name: 'norm', type: f32Tensor(2) },
    { name: 'logits', type: f32Tensor(batch, batch) },
    { name: 'audioLogits', type: f32Tensor(batch, batch) },
  ]
  const caches = whole ? { whole: [], current: [] } : cacheTypes(network, graphOptions)
  splitTensors([...clips, ...caches.whole, ...caches.current], limits.binding)
  const phases = whole
    ? [once('step', buildTrainingGraph(network, layout, graphOptions))]
    : buildPhases(network, layout, graphOptions)
  for (const { graph } of phases)
    for (const { name } of metrics) {
      const value = graph.outputs.get(name)
      // Later phases use the arenas again, so what is read at the end of a step lies elsewhere.
      if (value) graph.place(value, name)
    }
  for (const { graph } of phases) fuse(graph)

  const state = 4 * bytesOf(layout.parameters) + bytesOf(layout.buffers)
  const others = bytesOf(clips) + bytesOf(caches.whole) + bytesOf(caches.current) + bytesOf(metrics)
  const planned = phases.map((phase) => ({
    ...phase,
    plan: planMemory(phase.graph, limits.buffer, limits.binding, target),
  }))
  const arenaBytes: number[] = []
  for (const { plan } of planned)
    for (const [index, bytes] of plan.arenaBytes.entries()) arenaBytes[index] = Math.max(arenaBytes[index] ?? 0, bytes)
  const activations = arenaBytes.reduce((a, b) => a + b, 0)
  const total = state + others + activations
  if (budget > 0 && total > budget) {
    const largest = planned.flatMap(({ plan }) => plan.largest).sort((a, b) => b.bytes - a.bytes)
    throw overBudget({ state, others, activations, budget }, largest, { microBatch, recompute, halfStorage, batch })
  }
  return {
    microBatch,
    recompute,
    phases: planned,
    arenaBytes,
    clips,
    caches,
    metrics,
    bytes: { state, clips: bytesOf(clips), activations, total },
  }
}

interface Sizes {
  readonly state: number
  readonly others: number
  readonly activations: number
  readonly budget: number
}

function overBudget(
  { state, others, activations, budget }: Sizes,
  largest: MemoryPlan['largest'],
  {
    microBatch,
    recompute,
    halfStorage,
    batch,
  }: Pick<MemorySettings, 'microBatch' | 'recompute' | 'halfStorage'> & {
    batch: number
  },
): MemoryLimitError {
  const tensors = [...new Set(largest.map(({ what, bytes }) => `${what} ${megabytes(bytes)}`))].slice(0, 3)
  const remedies = [
    ...(microBatch > 1 ? ['a smaller micro-batch'] : []),
    ...(recompute ? [] : ['recomputation of blocks']),
    ...(halfStorage ? [] : ['storage in float16']),
    ...(batch > 1 ? ['a smaller batch'] : []),
    'fewer frames',
    'a smaller model',
  ]
  return new MemoryLimitError(
    `A step needs ${megabytes(state + others + activations)} of GPU memory, the budget is ${megabytes(budget)}: parameters, gradients and moments ${megabytes(state)}, clips ${megabytes(others)}, activations ${megabytes(activations)} at a micro-batch of ${microBatch} (largest: ${tensors.join(', ')}). Use ${remedies.join(', ')} or raise the memory budget.`,
  )
}
