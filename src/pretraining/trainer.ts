/** A run on the GPU: its memory, its compiled step, and the numbers that every step reports. */
import type { Executable } from '../gpu/executable'
import type { GpuContext } from '../gpu/gpu-context'
import { type BufferRange, TensorStore } from '../gpu/memory'
import { f32Tensor } from '../gpu/operator'
import type { KernelTime } from '../gpu/profiler'
import type { Network } from '../models/network'
import { adamHyper } from '../ops/adam-w'
import type { Modality } from '../schema/mvit'
import type { ObjectiveSettings } from './objective'
import { learningRateAt, type Schedule } from './schedule'
import { buildTrainingGraph } from './training-graph'
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
}

const adam = { beta1: 0.9, beta2: 0.999, eps: 1e-8 }

export class Trainer {
  private constructor(
    private readonly settings: TrainerSettings,
    readonly state: TrainingState,
    private readonly clips: TensorStore,
    private readonly executable: Executable,
  ) {}

  /** @throws when the GPU cannot hold the run, with sizes and the remedy, before anything else is touched. */
  static async create(
    context: GpuContext,
    network: Network,
    settings: TrainerSettings,
    onCompile?: (done: number, total: number) => void,
  ): Promise<Trainer> {
    const state = await TrainingState.create(context, network, settings.seed)
    let clips: TensorStore | undefined
    try {
      const { video, audio } = network.shapes
      clips = await TensorStore.create(context.device, 'the clips of a batch', [
        { name: 'video', type: f32Tensor(2 * settings.batch, ...video.config.input) },
        { name: 'audio', type: f32Tensor(2 * settings.batch, ...audio.config.input) },
      ])
      const externals = state.externals()
      externals.set('video', clips.range('video')).set('audio', clips.range('audio'))
      const graph = buildTrainingGraph(network, state.layout, settings)
      const executable = await context.compile(graph, { externals, onProgress: onCompile })
      executable.write('one', Float32Array.of(1))
      return new Trainer(settings, state, clips, executable)
    } catch (error) {
      clips?.destroy()
      state.destroy()
      throw error
    }
  }

  /** Memory of the clips of one modality, [2B, ...], primary views first; to be filled before {@link step}. */
  clipsOf(modality: Modality): BufferRange {
    return this.clips.range(modality)
  }

  get arenaBytes(): number {
    return this.executable.plan.arenaBytes.reduce((sum, bytes) => sum + bytes, 0)
  }

  /**
   * Submits one step; the report resolves when the GPU has done it, which may be several steps later.
   * @param timed Also times every kernel, which makes this one step slower but changes no number.
   */
  async step(step: number, timed = false): Promise<StepReport> {
    const { schedule, weightDecay, clipNorm, seed, objective } = this.settings
    const learningRate = learningRateAt(step, schedule)
    this.executable.write('hyper', adamHyper({ ...adam, learningRate, weightDecay, clipNorm }))
    this.executable.write('rng', Uint32Array.of(seed, step, 0))
    const timing = timed ? this.executable.profile() : null
    if (!timing) this.executable.run()
    const names = ['L', 'Lv', 'La', 'total', 'norm', 'logits'] as const
    const reads = names.map((name) => this.executable.read(name))
    const kernels = await timing
    const [L, Lv, La, total, norm, logits] = await Promise.all(reads)
    return {
      step,
      L: L?.[0] ?? Number.NaN,
      Lv: Lv?.[0] ?? Number.NaN,
      La: La?.[0] ?? Number.NaN,
      total: total?.[0] ?? Number.NaN,
      learningRate,
      gradientNorm: norm?.[0] ?? Number.NaN,
      skipped: (norm?.[1] ?? 0) !== 0,
      kernels: kernels ?? null,
      cosines: (logits ?? new Float32Array()).map((logit) => logit * objective.temperature),
    }
  }

  destroy(): void {
    this.executable.destroy()
    this.clips.destroy()
    this.state.destroy()
  }
}
