/** The pretrain cell: samples batches, prepares them ahead of the GPU, trains, checkpoints, reports. */

import { planBatch, sampleBatch } from '../../corpus/sampler'
import { WindowReader } from '../../corpus/window-reader'
import { AudioInputs } from '../../features/audio-inputs'
import { VideoInputs } from '../../features/video-inputs'
import type { GpuContext } from '../../gpu/gpu-context'
import { encodeCheckpoint, restoreCheckpoint } from '../../pretraining/checkpoint'
import { prepareBatch, videoInput } from '../../pretraining/prepare-batch'
import { type StepReport, Trainer } from '../../pretraining/trainer'
import type { Settings } from '../../schema/notebook'
import { randomStream, randomStreams } from '../../schema/random'
import { openSeries } from '../../storage/atomic-file'
import type { KernelTime, LossPoint, PretrainResult, Progress } from '../api'
import { type Job, type JobContext, remainingTime } from './job'
import { encodeWeights, storeWeights, upstreamNetwork } from './weights'

/** Steps submitted before the oldest report is awaited. */
const stepsInFlight = 2
const reportEveryMs = 250
const similarityEveryMs = 2000

export const runPretrain: Job = async (context): Promise<PretrainResult> => {
  const { request, progress } = context
  const { settings, seed, hash } = request
  const corpus = context.corpus()
  const { network, config } = upstreamNetwork(context)
  const number = (key: string) => Number(settings[key])
  const titles = corpus.titles.map((title) => ({ snippets: title.snippets, audio: title.audio }))
  const plan = planBatch(titles, {
    batch: number('batch'),
    snippetsPerTitle: number('snippetsPerTitle'),
    dub: settings.dub === 'on' ? 'on' : 'off',
    primary: settings.primary === 'random' ? 'random' : 'original',
  })
  const steps = number('steps')
  const gpu = await context.gpu()
  const trainer = await Trainer.create(gpu, network, trainerSettings(settings, seed, plan.batch), (done, total) =>
    progress({ message: `Compiling kernels, ${done} of ${total}`, fraction: 0 }),
  )
  const clips = 2 * plan.batch
  const { frames, size } = videoInput(network)
  const audio = new AudioInputs(gpu, clips)
  const video = new VideoInputs(gpu, frames, size, clips)
  const run = new Run(context, gpu, trainer)
  try {
    await run.restore()
    const reader = new WindowReader(corpus)
    const augmentation = {
      scaleMin: number('scaleMin'),
      scaleMax: number('scaleMax'),
      flip: number('flip'),
      gainDb: number('gainDb'),
    }
    const prepare = (step: number) => {
      const random = randomStream(seed, step, randomStreams.augmentation)
      return prepareBatch(corpus, reader, network, sampleBatch(plan, titles, seed, step), random, augmentation)
    }
    let next = run.step < steps ? prepare(run.step) : null
    while (run.step < steps) {
      await context.whileNotPaused(() => run.checkpoint())
      if (context.signal.aborted) {
        await run.checkpoint()
        context.signal.throwIfAborted()
      }
      const prepared = await next
      next = run.step + 1 < steps ? prepare(run.step + 1) : null
      // Awaited at the top of the next round; a failure before that must not count as unhandled.
      next?.catch(() => undefined)
      if (!prepared) break
      await audio.run(prepared.audio, trainer.clipsOf('audio'))
      await video.run(prepared.video, trainer.clipsOf('video'))
      await run.submit(prepared.items)
      if (run.secondsSinceCheckpoint > number('checkpointEveryS')) await run.checkpoint()
    }
    await run.drain()
    await storeWeights(hash, encodeWeights(network, await trainer.state.readTensors(), { config, seed, step: steps }))
    await openSeries(checkpointFolder(hash)).clear()
    return run.result(plan)
  } finally {
    audio.destroy()
    video.destroy()
    trainer.destroy()
  }
}

const checkpointFolder = (hash: string): string => `checkpoints/${hash}`

function trainerSettings(settings: Settings, seed: number, batch: number) {
  const number = (key: string) => Number(settings[key])
  return {
    batch,
    seed,
    objective: {
      temperature: number('temperature'),
      crossWeight: number('crossWeight'),
      lambdaV: number('lambdaV'),
      lambdaA: number('lambdaA'),
    },
    schedule: {
      steps: number('steps'),
      learningRate: number('learningRate'),
      minLearningRate: number('minLearningRate'),
      warmupShare: number('warmupShare'),
    },
    weightDecay: number('weightDecay'),
    clipNorm: number('clipNorm'),
  }
}

interface Submitted {
  readonly report: Promise<StepReport>
  /** Title of each item of the batch. */
  readonly titles: readonly number[]
}

/** The bookkeeping of one run: steps in flight, losses, checkpoints, what the page hears. */
class Run {
  step = 0
  private losses: LossPoint[] = []
  private resumes: { fromStep: number; lostSteps: number }[] = []
  private readonly inFlight: Submitted[] = []
  private unreported: LossPoint[] = []
  private trainedS = 0
  private lastStepAt = performance.now()
  private checkpointAt = performance.now()
  private reportedAt = 0
  private similarityAt = 0
  private readonly startedAt = performance.now()
  private startStep = 0
  private kernels: readonly KernelTime[] = []

  constructor(
    private readonly context: JobContext,
    private readonly gpu: GpuContext,
    private readonly trainer: Trainer,
  ) {}

  private get series() {
    return openSeries(checkpointFolder(this.context.request.hash))
  }

  get secondsSinceCheckpoint(): number {
    return (performance.now() - this.checkpointAt) / 1000
  }

  /** Goes on from the newest checkpoint of this very run, if there is one. */
  async restore(): Promise<void> {
    const bytes = await this.series.readNewest()
    if (bytes) {
      const header = restoreCheckpoint(bytes, this.trainer.state)
      this.step = header.step
      this.losses = header.losses
      this.trainedS = header.trainedS
      this.resumes = [...header.resumes, { fromStep: header.step, lostSteps: 0 }]
      this.unreported = [...header.losses]
    }
    this.startStep = this.step
    this.lastStepAt = performance.now()
  }

  async submit(items: readonly { titleIndex: number }[]): Promise<void> {
    // The second step: the first may still wait for the driver.
    const report = this.trainer.step(this.step, this.step === this.startStep + 1)
    report.catch(() => undefined)
    this.inFlight.push({ report, titles: items.map(({ titleIndex }) => titleIndex) })
    this.step++
    if (this.inFlight.length >= stepsInFlight) await this.take()
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
    const { skipped, cosines, kernels, ...point } = report
    if (kernels) this.kernels = kernels
    if (skipped || !Number.isFinite(report.total))
      this.context.progress({ message: `Step ${report.step}: a gradient was not finite, the step was skipped.` })
    this.losses.push(point)
    this.unreported.push(point)
    if (now - this.reportedAt > reportEveryMs || this.losses.length === this.totalSteps) {
      this.reportedAt = now
      this.context.progress(this.event(submitted.titles, cosines, now))
    }
  }

  private get totalSteps(): number {
    return Number(this.context.request.settings.steps)
  }

  private get clipsPerSecond(): number {
    const { batch } = this.context.request.settings
    return this.trainedS > 0 ? (this.losses.length * Number(batch)) / this.trainedS : 0
  }

  private event(titles: readonly number[], cosines: Float32Array, now: number): Progress {
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
      ...(withSimilarity
        ? { similarity: { size: titles.length, values: cosines }, contrast: contrastOf(titles, cosines) }
        : {}),
    }
  }

  /** Writes everything the run needs to go on to the same bits. */
  async checkpoint(): Promise<void> {
    await this.drain()
    const header = { step: this.step, losses: this.losses, trainedS: this.trainedS, resumes: this.resumes }
    await this.series.write(await encodeCheckpoint(header, this.trainer.state))
    this.checkpointAt = performance.now()
    this.lastStepAt = performance.now()
  }

  result({ batch, snippetsPerTitle, notes }: ReturnType<typeof planBatch>): PretrainResult {
    const last = this.losses.slice(-5)
    return {
      kind: 'pretrain',
      losses: this.losses,
      metrics: {
        steps: this.losses.length,
        initialLoss: this.losses[0]?.L ?? Number.NaN,
        finalLoss: last.reduce((sum, { L }) => sum + L, 0) / last.length,
        chanceLoss: Math.log(2 * batch - 1),
        clipsPerSecond: this.clipsPerSecond,
        batch,
        snippetsPerTitle,
        notes,
        resumes: this.resumes,
        pipelines: this.gpu.pipelines.size,
        arenaBytes: this.trainer.arenaBytes,
        kernels: this.kernels,
      },
    }
  }
}

/** Mean cosine of positives, of negatives from the same title and from other titles. */
function contrastOf(titles: readonly number[], cosines: Float32Array) {
  const sums = { positives: [0, 0], inTitle: [0, 0], crossTitle: [0, 0] }
  const size = titles.length
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) {
      const sum = i === j ? sums.positives : titles[i] === titles[j] ? sums.inTitle : sums.crossTitle
      sum[0] = (sum[0] ?? 0) + (cosines[i * size + j] ?? 0)
      sum[1] = (sum[1] ?? 0) + 1
    }
  const mean = ([sum = 0, count = 0]: number[]) => (count > 0 ? sum / count : 0)
  return { positives: mean(sums.positives), inTitle: mean(sums.inTitle), crossTitle: mean(sums.crossTitle) }
}
