/** The pretrain cell: samples batches, prepares them ahead of the GPU, trains, checkpoints, reports. */

import { planBatch, sampleBatch } from '../../corpus/sampler'
import { WindowReader } from '../../corpus/window-reader'
import { AudioInputs } from '../../features/audio-inputs'
import { VideoInputs } from '../../features/video-inputs'
import { prepareBatch, videoInput } from '../../pretraining/prepare-batch'
import { Trainer } from '../../pretraining/trainer'
import type { Settings } from '../../schema/notebook'
import { randomStream, randomStreams } from '../../schema/random'
import type { PretrainResult } from '../api'
import type { Job } from './job'
import { TrainingRun } from './training-run'
import { encodeWeights, storeWeights, upstreamNetwork } from './weights'

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
  const run = new TrainingRun(context, gpu, trainer, plan)
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
    await run.clear()
    return run.result()
  } finally {
    audio.destroy()
    video.destroy()
    trainer.destroy()
  }
}

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
