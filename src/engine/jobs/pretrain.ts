/** The pretrain cell: samples batches, prepares them ahead of the GPU, trains, checkpoints, reports. */

import { sampleBatch } from '../../corpus/sampler'
import { AudioInputs } from '../../features/audio-inputs'
import { melSettings } from '../../features/mel-tables'
import { VideoInputs } from '../../features/video-inputs'
import { BatchQueue } from '../../pretraining/batch-queue'
import {
  augmentationOf,
  batchBytes,
  type PreparedBatch,
  prepareBatch,
  videoInput,
} from '../../pretraining/prepare-batch'
import { planSampling, stepsPerEpoch } from '../../pretraining/sampling'
import { Trainer } from '../../pretraining/trainer'
import type { MemorySettings } from '../../pretraining/training-plan'
import type { Settings } from '../../schema/notebook'
import { randomStream, randomStreams } from '../../schema/random'
import type { PretrainResult } from '../api'
import { floorOf } from '../kept-floor'
import { openInput, withInput } from './input'
import type { Job } from './job'
import { reproduced, withRuns } from './lineage'
import { TrainingLooks } from './looks'
import { branchPoint, RunStore } from './run-store'
import { startingPoint } from './starting-point'
import { TrainingRun } from './training-run'
import { untilStored } from './until-stored'
import { encodeWeights, storeWeights } from './weights'

/** Memory that batches which are ready may take. */
const aheadBytes = 512 * 2 ** 20

export const runPretrain: Job = async (context): Promise<PretrainResult> => {
  const done = await reproduced(context)
  if (done) return done
  const { request, progress } = context
  const { settings, seed, hash } = request
  const corpus = context.corpus()
  const { network, config, tensors, batchesTracked } = await startingPoint(context)
  const number = (key: string) => Number(settings[key])
  const augmentation = augmentationOf(settings)
  const sampling = planSampling(corpus, settings)
  const { titles } = sampling
  const plan = { ...sampling.plan, notes: [...sampling.plan.notes, ...objectiveNotes(settings)] }
  const { batch, snippetsPerTitle, notes } = plan
  const steps = number('steps')
  const store = new RunStore(context)
  const saved = await store.newest()
  const branch = saved ? null : await branchPoint(settings)
  const gpu = await context.gpu((saved ?? branch)?.header.variants)
  // Not before there is a GPU: what is said of one that was lost stays until then.
  progress({ message: 'Preparing the run', fraction: 0, sampling: { batch, snippetsPerTitle, notes } })
  const memory = { ...memorySettings(settings), ...(saved ? { microBatch: saved.header.microBatch } : {}) }
  const withMemory = { ...trainerSettings(settings, seed, plan.batch), memory }
  const trainer = await Trainer.create(gpu, network, withMemory, (done, total) =>
    progress({ message: `Compiling kernels, ${done} of ${total}`, fraction: 0 }),
  )
  const { microBatch } = trainer.plan
  const { frames, size } = videoInput(network)
  const audio = new AudioInputs(gpu, microBatch, melSettings.clipSamples, augmentation.masks)
  const video = new VideoInputs(gpu, frames, size, microBatch, augmentation.colours)
  const run = new TrainingRun(context, store, gpu, trainer, plan)
  let queue: BatchQueue<PreparedBatch> | null = null
  try {
    if (tensors) trainer.state.writeTensors(tensors)
    await run.restore(saved, branch)
    const input = await openInput(context, corpus)
    const prepare = (step: number) => {
      const random = randomStream(seed, step, randomStreams.augmentation)
      return prepareBatch(corpus, input.reader, network, sampleBatch(plan, titles, seed, step), random, augmentation)
    }
    const limits = { ahead: number('decodeAhead'), bytes: aheadBytes }
    queue = new BatchQueue(prepare, batchBytes, run.step, steps, limits, run.step + stepsPerEpoch(plan))
    const looks = await TrainingLooks.create(context, gpu, trainer.state, corpus, input.reader, run.step)
    const look = async () => {
      if (!looks?.isDue(run.step, steps)) return
      const what = `The look after step ${run.step}`
      await untilStored(context, what, 0, () => run.aside(() => looks.take(run.step)))
    }
    await look()
    while (run.step < steps) {
      await context.whileNotPaused(() => run.checkpoint())
      if (context.signal.aborted) {
        await run.checkpoint()
        context.signal.throwIfAborted()
      }
      const prepared = await queue.take(run.step)
      for (const [part, clips] of trainer.clipsOf('audio').entries())
        await audio.run(microBatchOf(prepared.audio, part, microBatch), clips)
      for (const [part, clips] of trainer.clipsOf('video').entries())
        await video.run(microBatchOf(prepared.video, part, microBatch), clips)
      await run.submit(prepared.items)
      await look()
      if (run.isCheckpointDue) await run.checkpoint()
    }
    await run.drain()
    await run.finish()
    if (run.hasProfile) progress({ message: 'Measuring what this GPU does at most', fraction: 1 })
    const floor = run.hasProfile ? await floorOf(gpu) : null
    const info = { config, seed, step: steps, batchesTracked: batchesTracked + steps }
    const weights = encodeWeights(network, await trainer.state.readTensors(), info)
    await untilStored(context, 'The trained weights', bytesOf(weights), () => storeWeights(hash, weights))
    context.afterStored(() => store.clear())
    const result = withInput(run.result(floor, await context.usableGpuCheck()), queue.waitShare, input)
    return await withRuns(context, { ...result, looks: looks?.looks ?? null }, sampling)
  } finally {
    queue?.stop()
    audio.destroy()
    video.destroy()
    trainer.destroy()
  }
}

const bytesOf = (parts: readonly Uint8Array[]) => parts.reduce((sum, part) => sum + part.byteLength, 0)

/** The clips of one micro-batch, counted from its own first row. */
const microBatchOf = <Clip extends { readonly row: number }>(clips: readonly Clip[], part: number, size: number) =>
  clips.slice(part * size, (part + 1) * size).map((clip, row) => ({ ...clip, row }))

const memorySettings = (settings: Settings): MemorySettings => ({
  microBatch: Number(settings.microBatch),
  recompute: settings.recompute === true,
  halfStorage: settings.storage === 'float16',
  budget: Number(settings.memoryBudgetMB) * 2 ** 20,
})

/** What the objective as set cannot do. */
const objectiveNotes = ({ crossWeight, lambdaV, lambdaA }: Settings): string[] =>
  [crossWeight, lambdaV, lambdaA].every((weight) => Number(weight) === 0)
    ? ['The weight of L and both λ are 0: nothing is learnt, weights only decay. Raise one of them.']
    : []

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
      form: settings.lossForm === 'clip' ? ('clip' as const) : ('paper' as const),
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
