/** The bookkeeping of one run: steps in flight, losses, checkpoints, what the page hears. */
import type { BatchItem, BatchPlan } from '../../corpus/sampler'
import type { GpuContext } from '../../gpu/gpu-context'
import { megabytes } from '../../gpu/plan'
import { describeVariants } from '../../ops/variants'
import { encodeCheckpoint, readCheckpointHeader, restoreCheckpoint } from '../../pretraining/checkpoint'
import { trackBatch } from '../../pretraining/tracked'
import type { StepReport, Trainer } from '../../pretraining/trainer'
import { boundBy, type Floor, floorShare, type KernelTime } from '../../schema/floor'
import { checkSummary, type GpuCheck } from '../../schema/gpu-check'
import { openSeries } from '../../storage/atomic-file'
import type { LossPoint, PretrainResult, Progress } from '../api'
import { CheckpointClock } from './checkpoint-clock'
import { type JobContext, remainingTime } from './job'
import { requireProgress } from './skip-streak'

/** Steps submitted before the oldest report is awaited. */
const stepsInFlight = 2
const reportEveryMs = 250
const similarityEveryMs = 2000
/** How often the number of steps done is noted between checkpoints, to tell after a crash how many were lost. */
const noteEveryMs = 1000

interface Submitted {
  readonly report: Promise<StepReport>
  readonly items: readonly BatchItem[]
}

const checkpointsOf = ({ request }: JobContext) => openSeries(`checkpoints/${request.hash}`)

export interface SavedRun {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** To be kept for the rest of the run. */
  readonly microBatch: number
  readonly variants: string
}

/** The newest checkpoint of this very run; null when there is none. */
export async function savedRun(context: JobContext): Promise<SavedRun | null> {
  const bytes = await checkpointsOf(context).readNewest()
  if (!bytes) return null
  const { microBatch, variants } = readCheckpointHeader(bytes)
  return { bytes, microBatch, variants }
}

export class TrainingRun {
  step = 0
  private losses: LossPoint[] = []
  private resumes: { fromStep: number; lostSteps: number }[] = []
  private readonly inFlight: Submitted[] = []
  private unreported: LossPoint[] = []
  private trainedS = 0
  private lastStepAt = performance.now()
  private checkpointStep = 0
  private readonly clock: CheckpointClock
  private reportedAt = 0
  private notedAt = 0
  private similarityAt = 0
  private readonly startedAt = performance.now()
  private startStep = 0
  private kernels: readonly KernelTime[] = []
  private stepMs: number | null = null

  constructor(
    private readonly context: JobContext,
    private readonly gpu: GpuContext,
    private readonly trainer: Trainer,
    private readonly plan: BatchPlan,
  ) {
    const { checkpointEverySteps, checkpointEveryS } = context.request.settings
    const settings = { everySteps: Number(checkpointEverySteps), everyS: Number(checkpointEveryS) }
    this.clock = new CheckpointClock(settings, performance.now() / 1000)
  }

  private get checkpoints() {
    return checkpointsOf(this.context)
  }

  private get stepNotes() {
    return openSeries(`steps/${this.context.request.hash}`)
  }

  get isCheckpointDue(): boolean {
    return this.clock.isDue(this.step, performance.now() / 1000)
  }

  /** Goes on from the checkpoint that {@link savedRun} found, if there is one. */
  async restore(bytes: SavedRun['bytes'] | null): Promise<void> {
    const note = await this.stepNotes.readNewest()
    const noted = note ? new DataView(note.buffer).getUint32(0, true) : 0
    if (bytes) {
      const header = restoreCheckpoint(bytes, this.trainer.state)
      this.step = header.step
      this.losses = header.losses
      this.trainedS = header.trainedS
      this.resumes = [...header.resumes, { fromStep: header.step, lostSteps: Math.max(0, noted - header.step) }]
      this.unreported = [...header.losses]
    } else if (noted > 0) this.resumes = [{ fromStep: 0, lostSteps: noted }]
    this.startStep = this.step
    this.checkpointStep = this.step
    this.clock.begin(this.step)
    this.lastStepAt = performance.now()
  }

  async submit(items: readonly BatchItem[]): Promise<void> {
    // The second step by kernel, as the first may still wait for the driver; the third as a whole, from an empty queue.
    const order = this.step - this.startStep
    if (order === 2) await this.drain()
    const { report } = await (order === 2 ? this.timedStep() : this.trainer.submit(this.step, order === 1))
    report.catch(() => undefined)
    this.inFlight.push({ report, items })
    this.step++
    if (this.inFlight.length >= stepsInFlight) await this.take()
  }

  private async timedStep(): Promise<{ report: Promise<StepReport> }> {
    await this.gpu.device.queue.onSubmittedWorkDone()
    const start = performance.now()
    const report = await this.trainer.step(this.step)
    this.stepMs = performance.now() - start
    return { report: Promise.resolve(report) }
  }

  /** Whether the adapter could time kernels, so that a floor has something to be held against. */
  get hasProfile(): boolean {
    return this.kernels.length > 0
  }

  async drain(): Promise<void> {
    while (this.inFlight.length > 0) await this.take()
  }

  private async take(): Promise<void> {
    const submitted = this.inFlight.shift()
    if (!submitted) return
    const report = await submitted.report
    const now = performance.now()
    this.trainedS += (now - this.lastStepAt) / 1000
    this.lastStepAt = now
    const { skipped, cosines, audioCosines, kernels, ...numbers } = report
    const tracked = trackBatch(submitted.items, cosines, audioCosines)
    const point = { ...numbers, tracked, ...(skipped ? { skipped } : {}) }
    if (kernels) this.kernels = kernels
    if (skipped || !Number.isFinite(report.total))
      this.context.progress({ message: `Step ${report.step}: a gradient was not finite, the step was skipped.` })
    this.losses.push(point)
    this.unreported.push(point)
    requireProgress(this.losses, this.checkpointStep)
    if (now - this.notedAt > noteEveryMs) {
      this.notedAt = now
      await this.stepNotes.write([new Uint8Array(Uint32Array.of(this.losses.length).buffer)])
    }
    if (now - this.reportedAt > reportEveryMs || this.losses.length === this.totalSteps) {
      this.reportedAt = now
      this.context.progress(this.event(submitted.items.length, cosines, now))
    }
  }

  private get variants(): string {
    return describeVariants(this.gpu.gpu.target)
  }

  private get totalSteps(): number {
    return Number(this.context.request.settings.steps)
  }

  private get clipsPerSecond(): number {
    return this.trainedS > 0 ? (this.losses.length * this.plan.batch) / this.trainedS : 0
  }

  private event(size: number, cosines: Float32Array, now: number): Progress {
    const done = this.losses.length
    const losses = this.unreported
    this.unreported = []
    const fraction = done / this.totalSteps
    const share = (done - this.startStep) / Math.max(1, this.totalSteps - this.startStep)
    const withSimilarity = now - this.similarityAt > similarityEveryMs
    if (withSimilarity) this.similarityAt = now
    return {
      message: `Step ${done} of ${this.totalSteps}`,
      fraction,
      remainingS: remainingTime(this.startedAt, share),
      losses,
      clipsPerSecond: this.clipsPerSecond,
      ...(withSimilarity ? { similarity: { size, values: cosines } } : {}),
    }
  }

  /** Does something beside training, whose time is no step's. */
  async aside(task: () => Promise<void>): Promise<void> {
    await this.drain()
    await task()
    this.lastStepAt = performance.now()
  }

  /** Writes everything the run needs to go on to the same bits. */
  async checkpoint(): Promise<void> {
    await this.drain()
    const from = performance.now() / 1000
    const { microBatch } = this.trainer.plan
    const { step, losses, variants, trainedS, resumes } = this
    const header = { step, losses, microBatch, variants, trainedS, resumes }
    await this.checkpoints.write(await encodeCheckpoint(header, this.trainer.state))
    this.checkpointStep = step
    this.clock.note(step, from, performance.now() / 1000)
    this.lastStepAt = performance.now()
  }

  /** Forgets what only an unfinished run needs. */
  async clear(): Promise<void> {
    await this.checkpoints.clear()
    await this.stepNotes.clear()
  }

  private get memoryNotes(): string[] {
    const { microBatch, bytes } = this.trainer.plan
    const clips = 2 * this.plan.batch
    if (microBatch === clips) return []
    return [`${microBatch} of ${clips} clips at a time, to take ${megabytes(bytes.total)} of GPU memory`]
  }

  /** @param floor What the adapter does at most; null without a profile. @param check By which the run was allowed. */
  result(floor: Floor | null, check: GpuCheck): PretrainResult {
    const kernelsMs = this.kernels.reduce((sum, { ms }) => sum + ms, 0)
    const { batch, snippetsPerTitle, notes } = this.plan
    const last = this.losses.slice(-5)
    return {
      kind: 'pretrain',
      losses: this.losses,
      looks: null,
      metrics: {
        steps: this.losses.length,
        skippedSteps: this.losses.filter(({ skipped }) => skipped).length,
        initialLoss: this.losses[0]?.L ?? Number.NaN,
        finalLoss: last.reduce((sum, { L }) => sum + L, 0) / last.length,
        chanceLoss: Math.log(this.context.request.settings.lossForm === 'clip' ? batch : 2 * batch - 1),
        clipsPerSecond: this.clipsPerSecond,
        batch,
        snippetsPerTitle,
        notes: [...notes, ...this.memoryNotes],
        resumes: this.resumes,
        checkpoints: this.clock.summary(performance.now() / 1000),
        runs: [],
        inputWaitShare: null,
        diskCache: { bytes: 0, limitBytes: 0, hits: 0, misses: 0 },
        pipelines: this.gpu.pipelines.size,
        compileMs: this.gpu.pipelines.compileMs,
        microBatch: this.trainer.plan.microBatch,
        arenaBytes: this.trainer.plan.bytes.activations,
        plannedBytes: this.trainer.plan.bytes.total,
        variants: this.variants,
        gpuCheck: checkSummary(check),
        floor,
        stepOverKernels: this.stepMs !== null && kernelsMs > 0 ? this.stepMs / kernelsMs : null,
        kernels: floor
          ? this.kernels.map((time) => ({
              ...time,
              boundBy: boundBy(time, floor),
              floorShare: floorShare(time, floor),
            }))
          : [],
      },
    }
  }
}
