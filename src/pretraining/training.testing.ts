/** A network that trains in milliseconds, and batches for it, for tests of whole steps. */
import { describeNetwork, type Network } from '../models/network'
import { normals, seededRandom, testContext } from '../ops/testing'
import type { Settings } from '../schema/notebook'
import { networkConfig } from '../schema/presets'
import { completeSettings } from '../schema/settings'
import type { Trainer, TrainerSettings } from './trainer'

/** Two blocks, heads with batch norms, drop path in both backbones. */
export const smallNetwork = (changes: Settings = {}): Network =>
  describeNetwork(
    networkConfig(
      completeSettings('model', {
        preset: 'tiny',
        depth: 2,
        widenAt: '1',
        embedDim: 8,
        videoFrames: 2,
        videoSize: 32,
        headHidden: 16,
        headDim: 8,
        videoDropPath: 0.3,
        audioDropPath: 0.3,
        ...changes,
      }),
    ),
  )

export const smallSettings: TrainerSettings = {
  batch: 4,
  seed: 5,
  objective: { temperature: 0.1, crossWeight: 1, lambdaV: 0.1, lambdaA: 0.1 },
  schedule: { steps: 6, learningRate: 1e-3, minLearningRate: 1e-6, warmupShare: 0 },
  weightDecay: 0.05,
  clipNorm: 1,
}

/** Fills both modalities with clips that depend on the step alone. */
export async function fillClips(trainer: Trainer, step: number): Promise<void> {
  const { device } = await testContext()
  for (const modality of ['video', 'audio'] as const) {
    const random = seededRandom(step * 2 + (modality === 'video' ? 0 : 1))
    for (const { buffer, offset, bytes } of trainer.clipsOf(modality))
      device.queue.writeBuffer(buffer, offset, normals(bytes / 4, random).buffer as ArrayBuffer)
  }
}

export async function trainSteps(trainer: Trainer, from: number, to: number) {
  const reports = []
  for (let step = from; step < to; step++) {
    await fillClips(trainer, step)
    reports.push(await trainer.step(step))
  }
  return reports
}

export const allTensors = async (trainer: Trainer): Promise<Map<string, number[]>> =>
  new Map([...(await trainer.state.readTensors())].map(([name, data]) => [name, [...data]]))
