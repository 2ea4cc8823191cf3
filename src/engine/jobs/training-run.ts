/** The bookkeeping of one run: steps in flight, losses, checkpoints, what the page hears. */
import type { BatchItem, BatchPlan } from '../../corpus/sampler'
import type { GpuContext } from '../../gpu/gpu-context'
import { megabytes } from '../../gpu/plan'
import { describeVariants } from '../../ops/variants'
import { type CheckpointHeader, encodeCheckpoint, restoreCheckpoint } from '../../pretraining/checkpoint'
import { trackBatch } from '../../pretraining/tracked'
import type { StepReport, Trainer } from '../../pretraining/trainer'
import { boundBy, type Floor, floorShare, type KernelTime } from '../../schema/floor'
import { checkSummary, type GpuCheck } from '../../schema/gpu-check'
import { identify } from '../adapter-identity'
import type { LossPoint, PretrainResult, Progress } from '../api'
import { saveCheckpoint, saveRecord } from '../run-history'
import { CheckpointClock } from './checkpoint-clock'
import { type JobContext, remainingTime } from './job'
import { recordOf } from './run-record'
import type { Resume, RunStore, SavedRun } from './run-store'
import { requireProgress } from './skip-streak'
import { untilStored } from './until-stored'

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

export class TrainingRun {
  step = 0
  private losses: LossPoint[] = []
  private resumes: Resume[] = []
  private devices: CheckpointHeader['devices'] = []
  private readonly inFlight: Submitted[] = []
  private unreported: LossPoint[] = []
  private trainedS = 0
  private lastStepAt = performance.now()
  private checkpointStep = 0
  private checkpointsAsked: number
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
    private readonly store: RunStore,
    private readonly gpu: GpuContext,
    private readonly trainer: Trainer,
    private readonly plan: BatchPlan,
  ) {
    const { checkpointEverySteps, checkpointEveryS } = context.request.settings
    const settings = { everySteps: Number(checkpointEverySteps), everyS: Number(checkpointEveryS) }
    this.clock = new CheckpointClock(settings, performance.now() / 1000)
    this.checkpointsAsked = context.checkpointsAsked()
  }

  get isCheckpointDue(): boolean {
    if (this.isToKeep && this.step !== this.checkpointStep) return true
    if (this.checkpointsAsked !== this.context.checkpointsAsked()) return true
    return this.clock.isDue(this.step, performance.now() / 1000)
  }

  /** Whether the state after this step is to stay, for others to branch from. */
  private get isToKeep(): boolean {
    const every = Number(this.context.request.settings.keepEvery)
    return every > 0 && this.step % every === 0
  }

  /**
   * Goes on from a checkpoint, if there is one.
   * @param branch Where a run that has none of its own begins.
   */
  async restore(saved: SavedRun | null, branch: SavedRun | null): Promise<void> {
    const note = await this.store.note()
    const from = saved ?? branch
    if (from) {
      const { step, losses, trainedS, resumes, devices } = restoreCheckpoint(from.bytes, this.trainer.state)
      this.step = step
      this.losses = losses
      this.trainedS = trainedS
      this.devices = devices
      this.resumes = saved ? resumes : []
      this.unreported = [...losses]
    }
    // Resumes that came to no checkpoint of their own are only noted.
    if (note && note.resumes.length > this.resumes.length) this.resumes = note.resumes
    const lostSteps = Math.max(0, (note?.done ?? 0) - this.step)
    if (saved || lostSteps > 0) this.resumes = [...this.resumes, { fromStep: this.step, lostSteps }]
    const { adapter, browser } = await identify(this.gpu)
    const device = `${adapter}, ${browser}`
    if (this.devices.at(-1)?.device !== device) this.devices = [...this.devices, { fromStep: this.step, device }]
    if (this.resumes.length > 0) await this.store.writeNote({ done: this.step, resumes: this.resumes })
    this.startStep = this.step
    this.checkpointStep = this.step
    this.clock.begin(this.step)
    await this.keepRecord(false)
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
      await this.store.writeNote({ done: this.losses.length, resumes: this.resumes })
    }
    if (now - this.reportedAt > reportEveryMs || this.losses.length === this.totalSteps) {
      this.reportedAt = now
      this.context.progress(this.event(submitted.items.length, cosines, now))
    }
  }

  private get header(): CheckpointHeader {
    const { step, losses, variants, trainedS, resumes, devices } = this
    return { step, losses, microBatch: this.trainer.plan.microBatch, variants, trainedS, resumes, devices }
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

  /** Writes everything the run needs to go on to the same bits, if there is something new. */
  async checkpoint(): Promise<void> {
    await this.drain()
    this.checkpointsAsked = this.context.checkpointsAsked()
    const { step } = this
    if (step === this.checkpointStep) return
    const from = performance.now()
    const parts = await encodeCheckpoint(this.header, this.trainer.state)
    const encodedS = (performance.now() - from) / 1000
    const writtenS = await this.store.write(step, parts)
    this.checkpointStep = step
    const now = performance.now()
    this.clock.note(step, encodedS + writtenS, now / 1000)
    if (this.isToKeep) await this.keep(parts)
    await this.keepRecord(false)
    this.lastStepAt = performance.now()
  }

  /** Keeps the state after the last step, to branch from, and notes that the run has finished. */
  async finish(): Promise<void> {
    await this.keep(await encodeCheckpoint(this.header, this.trainer.state))
    await this.keepRecord(true)
  }

  private async keep(parts: readonly Uint8Array[]): Promise<void> {
    const bytes = parts.reduce((sum, part) => sum + part.byteLength, 0)
    const { hash } = this.context.request
    await untilStored(this.context, `The checkpoint of step ${this.step}`, bytes, () =>
      saveCheckpoint(hash, this.step, parts),
    )
  }

  private async keepRecord(finished: boolean): Promise<void> {
    const { losses, devices, step } = this
    const record = await recordOf(this.context.request, { step, losses, devices, kernels: this.variants, finished })
    await untilStored(this.context, 'The record of the run', 0, () => saveRecord(record))
  }

  private get memoryNotes(): string[] {
    const { microBatch, bytes } = this.trainer.plan
    const clips = 2 * this.plan.batch
    if (microBatch === clips) return []
    return [`${microBatch} of ${clips} clips at a time, to take ${megabytes(bytes.total)} of GPU memory`]
  }

  private get deviceNotes(): string[] {
    return this.devices.slice(1).map(({ fromStep, device }, index) => {
      const before = this.devices[index]?.device ?? 'another one'
      return `Up to step ${fromStep} computed by ${before}, from there on by ${device}: the last bits may differ from those of a run on one of them`
    })
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
        notes: [...notes, ...this.memoryNotes, ...this.deviceNotes],
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
