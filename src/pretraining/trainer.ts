/** A run on the GPU: its memory, its compiled step, and the numbers that every step reports. */
import { allocateArenas, type Executable } from '../gpu/executable'
import type { GpuContext } from '../gpu/gpu-context'
import { type BufferRange, copyRanges, sliceOf, TensorStore } from '../gpu/memory'
import { sumKernelTimes } from '../gpu/profiler'
import { Readback } from '../gpu/readback'
import { modalities, type Network } from '../models/network'
import { adamHyper } from '../ops/adam-w'
import type { KernelTime } from '../schema/floor'
import type { Modality } from '../schema/mvit'
import { clipsOf } from './micro-batches'
import type { ObjectiveSettings } from './objective'
import { learningRateAt, type Schedule } from './schedule'
import { trainingLayout } from './training-layout'
import {
  type MemoryLimits,
  type MemorySettings,
  type PlannedPhase,
  planTraining,
  type TrainingPlan,
} from './training-plan'
import { TrainingState } from './training-state'

export interface TrainerSettings {
  /** B: quadruplets per step. */
  readonly batch: number
  readonly seed: number
  readonly objective: ObjectiveSettings
  readonly schedule: Schedule
  readonly weightDecay: number
  /** Global L2 norm above which gradients are scaled down; 0 is off. */
  readonly clipNorm: number
  /** If not given, whatever the adapter gives. */
  readonly memory?: MemorySettings
  /** If not given, the adapter's; smaller ones serve tests. */
  readonly limits?: MemoryLimits
}

export interface StepReport {
  readonly step: number
  /** Eq. 2, Eq. 3 and their weighted sum, mean over the batch. */
  readonly L: number
  readonly Lv: number
  readonly La: number
  readonly total: number
  readonly learningRate: number
  /** Before clipping. */
  readonly gradientNorm: number
  /** Something was not finite: the optimiser left everything as it was. */
  readonly skipped: boolean
  /** GPU time by kernel, of a timed step on an adapter with timestamps. */
  readonly kernels: readonly KernelTime[] | null
  /** Cosines of (v_p, a_s), [B, B]. */
  readonly cosines: Float32Array
  /** Cosines of (a_p, a_s), [B, B]. */
  readonly audioCosines: Float32Array
}

/** A step on its way through the GPU. */
export interface SubmittedStep {
  readonly report: Promise<StepReport>
}

const adam = { beta1: 0.9, beta2: 0.999, eps: 1e-8 }
const unlimited: MemorySettings = { microBatch: 0, recompute: false, halfStorage: false, budget: 0 }
/** Replays of micro-batches that the GPU may be behind: more would only fill the queue. */
const replaysInFlight = 2

interface CompiledPhase extends PlannedPhase {
  readonly executable: Executable
}

export class Trainer {
  private readonly readback: Readback
  private readonly behind: Promise<void>[] = []

  private constructor(
    private readonly context: GpuContext,
    private readonly settings: TrainerSettings,
    readonly plan: TrainingPlan,
    readonly state: TrainingState,
    private readonly stores: TrainerStores,
    private readonly phases: readonly CompiledPhase[],
    private readonly owned: readonly { destroy(): void }[],
  ) {
    this.readback = new Readback(
      context.device,
      plan.metrics.map(({ name }) => stores.metrics.range(name)),
    )
  }

  /**
   * @throws when the run is over a limit or its budget, before anything is allocated, or when the GPU cannot give what
   * was planned, with sizes and the remedy; nothing stays allocated then.
   */
  static async create(
    context: GpuContext,
    network: Network,
    settings: TrainerSettings,
    onCompile?: (done: number, total: number) => void,
  ): Promise<Trainer> {
    const { device } = context
    const { maxStorageBufferBindingSize, maxBufferSize } = device.limits
    const limits = settings.limits ?? { binding: maxStorageBufferBindingSize, buffer: maxBufferSize }
    const layout = trainingLayout(network, limits.binding)
    const plan = planTraining(network, layout, settings, settings.memory ?? unlimited, limits, context.gpu.target)
    const owned: { destroy(): void }[] = []
    const own = <T extends { destroy(): void }>(made: T): T => {
      owned.push(made)
      return made
    }
    try {
      const state = own(await TrainingState.create(context, network, settings.seed, layout))
      const clips = own(await TensorStore.create(device, 'the clips of a batch', plan.clips, limits.buffer))
      const caches = own(await TensorStore.create(device, 'the embeddings', plan.caches.whole, limits.buffer))
      const current = own(await TensorStore.create(device, 'a micro-batch', plan.caches.current, limits.buffer))
      const metrics = own(await TensorStore.create(device, 'the numbers of a step', plan.metrics))
      const arenas = await allocateArenas(device, plan.arenaBytes)
      arenas.map(own)
      const externals = state.externals()
      for (const store of [clips, caches, current, metrics])
        for (const { name } of store.entries) externals.set(name, store.range(name))
      for (const modality of modalities) externals.set(modality, clips.range(clipsOf(modality, 0)))
      const phases: CompiledPhase[] = []
      const total = plan.phases.reduce((sum, phase) => sum + phase.plan.nodes.length, 0)
      let done = 0
      for (const phase of plan.phases) {
        const nodes = phase.plan.nodes.length
        const onProgress = (of: number, all: number) => onCompile?.(done + Math.round((nodes * of) / all), total)
        const executable = own(await context.compile(phase.graph, { externals, plan: phase.plan, arenas, onProgress }))
        if (executable.hasInput('one')) executable.write('one', Float32Array.of(1))
        phases.push({ ...phase, executable })
        done += nodes
      }
      return new Trainer(context, settings, plan, state, { clips, caches, current, metrics }, phases, owned)
    } catch (error) {
      for (const made of owned.reverse()) made.destroy()
      throw error
    }
  }

  /**
   * Memory of the clips of one modality, 2B in all, primary views first; to be filled before {@link submit}. In ranges
   * of `plan.microBatch` clips each.
   */
  clipsOf(modality: Modality): BufferRange[] {
    return Array.from({ length: this.microBatches }, (_, part) => this.stores.clips.range(clipsOf(modality, part)))
  }

  private get microBatches(): number {
    return (2 * this.settings.batch) / this.plan.microBatch
  }

  /**
   * Submits one step. Resolves when all of it is in the queue, so that the clips of the next step may be written; the
   * report resolves when the GPU has done it, which may be several steps later.
   * @param timed Also times every kernel, which makes this one step slower but changes no number.
   */
  async submit(step: number, timed = false): Promise<SubmittedStep> {
    const { schedule, weightDecay, clipNorm } = this.settings
    const learningRate = learningRateAt(step, schedule)
    const timings: Promise<KernelTime[] | null>[] = []
    if (this.phases.length > 1) this.state.clearGradients()
    for (const phase of this.phases) {
      if (phase.executable.hasInput('hyper'))
        phase.executable.write('hyper', adamHyper({ ...adam, learningRate, weightDecay, clipNorm }))
      const replays = phase.perMicroBatch ? this.microBatches : 1
      for (let part = 0; part < replays; part++) {
        const timing = this.replay(phase, step, part, timed)
        if (timing) timings.push(timing)
        if (this.phases.length > 1) await this.keepUp()
      }
    }
    return { report: this.report(step, learningRate, this.readback.read(), timings) }
  }

  /** {@link submit} and the wait for its report. */
  async step(step: number, timed = false): Promise<StepReport> {
    return (await this.submit(step, timed)).report
  }

  private replay({ executable, takes, gives }: CompiledPhase, step: number, part: number, timed: boolean) {
    const { device } = this.context
    const one = (memory: string) => this.stores.current.range(memory)
    const firstClip = part * this.plan.microBatch
    if (executable.hasInput('rng')) executable.write('rng', Uint32Array.of(this.settings.seed, step, firstClip))
    copyRanges(
      device,
      takes.map(([to, from]) => [this.partOf(from, part), one(to)]),
    )
    const timing = timed ? executable.profile() : null
    if (!timed) executable.run()
    copyRanges(
      device,
      gives.map(([from, to]) => [one(from), this.partOf(to, part)]),
    )
    return timing
  }

  /** A micro-batch's part of the clips or of a cache. */
  private partOf(memory: string, part: number): BufferRange {
    const { clips, caches } = this.stores
    if (caches.has(memory)) return sliceOf(caches.range(memory), part, this.microBatches)
    return clips.range(clipsOf(memory, part))
  }

  /** Waits until the GPU is no more than a few replays behind. */
  private async keepUp(): Promise<void> {
    this.behind.push(this.context.device.queue.onSubmittedWorkDone())
    if (this.behind.length > replaysInFlight) await this.behind.shift()
  }

  private async report(
    step: number,
    learningRate: number,
    reading: Promise<Float32Array[]>,
    timings: readonly Promise<KernelTime[] | null>[],
  ): Promise<StepReport> {
    const [L, Lv, La, total, norm, logits, audioLogits] = await reading
    const times = await Promise.all(timings)
    return {
      step,
      L: L?.[0] ?? Number.NaN,
      Lv: Lv?.[0] ?? Number.NaN,
      La: La?.[0] ?? Number.NaN,
      total: total?.[0] ?? Number.NaN,
      learningRate,
      gradientNorm: norm?.[0] ?? Number.NaN,
      skipped: (norm?.[1] ?? 0) !== 0,
      kernels: times.length > 0 ? sumKernelTimes(times) : null,
      cosines: this.cosinesOf(logits),
      audioCosines: this.cosinesOf(audioLogits),
    }
  }

  private cosinesOf(logits: Float32Array = new Float32Array()): Float32Array {
    return logits.map((logit) => logit * this.settings.objective.temperature)
  }

  destroy(): void {
    this.readback.destroy()
    for (const made of [...this.owned].reverse()) made.destroy()
  }
}

interface TrainerStores {
  readonly clips: TensorStore
  /** What passes from phase to phase. */
  readonly caches: TensorStore
  /** The micro-batch at work. */
  readonly current: TensorStore
  readonly metrics: TensorStore
}
