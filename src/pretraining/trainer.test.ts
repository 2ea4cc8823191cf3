import { expect, it } from 'vitest'
import { describeNetwork } from '../models/network'
import { normals, seededRandom, testContext } from '../ops/testing'
import { networkConfig } from '../schema/presets'
import { completeSettings } from '../schema/settings'
import { encodeCheckpoint, restoreCheckpoint } from './checkpoint'
import { Trainer } from './trainer'

const batch = 4
const network = describeNetwork(
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
    }),
  ),
)
const settings = {
  batch,
  seed: 5,
  objective: { temperature: 0.1, crossWeight: 1, lambdaV: 0.1, lambdaA: 0.1 },
  schedule: { steps: 6, learningRate: 1e-3, minLearningRate: 1e-6, warmupShare: 0 },
  weightDecay: 0.05,
  clipNorm: 1,
}

async function start(): Promise<Trainer> {
  const context = await testContext()
  return Trainer.create(context, network, settings)
}

/** Fills both modalities with clips that depend on the step alone. */
async function fill(trainer: Trainer, step: number): Promise<void> {
  const { device } = await testContext()
  for (const modality of ['video', 'audio'] as const) {
    const random = seededRandom(step * 2 + (modality === 'video' ? 0 : 1))
    for (const { buffer, offset, bytes } of trainer.clipsOf(modality))
      device.queue.writeBuffer(buffer, offset, normals(bytes / 4, random).buffer as ArrayBuffer)
  }
}

async function train(trainer: Trainer, from: number, to: number): Promise<void> {
  for (let step = from; step < to; step++) {
    await fill(trainer, step)
    await trainer.step(step)
  }
}

const weights = async (trainer: Trainer) => [...(await trainer.state.readTensors()).values()].map((data) => [...data])
const header = (step: number) => ({ step, losses: [], microBatch: 2 * batch, trainedS: 0, resumes: [] })

it('a run that goes on from a checkpoint ends with the same bits as one that was never disturbed', async () => {
  const undisturbed = await start()
  await train(undisturbed, 0, 6)
  const expected = await weights(undisturbed)
  undisturbed.destroy()

  const first = await start()
  await train(first, 0, 3)
  const parts = await encodeCheckpoint(header(3), first.state)
  first.destroy()
  const bytes = new Uint8Array(await new Blob(parts as Uint8Array<ArrayBuffer>[]).arrayBuffer())

  const second = await start()
  expect(restoreCheckpoint(bytes, second.state).step).toBe(3)
  await train(second, 3, 6)
  expect(await weights(second)).toEqual(expected)
  expect(await second.state.readCounters()).toEqual({ steps: 6, skipped: 0 })
  second.destroy()
})

it('timing a step changes no bit of it', async () => {
  const plain = await start()
  await fill(plain, 0)
  await plain.step(0)
  const timed = await start()
  await fill(timed, 0)
  const { kernels } = await timed.step(0, true)
  expect(await weights(timed)).toEqual(await weights(plain))
  expect(kernels?.reduce((sum, { calls }) => sum + calls, 0)).toBeGreaterThan(100)
  plain.destroy()
  timed.destroy()
})

it('a step whose input is not finite is reported and leaves every weight as it was', async () => {
  const trainer = await start()
  await fill(trainer, 0)
  const { device } = await testContext()
  for (const { buffer, offset } of trainer.clipsOf('audio'))
    device.queue.writeBuffer(buffer, offset, Float32Array.of(Number.NaN))
  const parameters = async () =>
    [...(await trainer.state.readTensors())].filter(([name]) => !name.includes('running')).map(([, data]) => [...data])
  const before = await parameters()
  expect((await trainer.step(0)).skipped).toBe(true)
  expect(await parameters()).toEqual(before)
  expect(await trainer.state.readCounters()).toEqual({ steps: 0, skipped: 1 })
  trainer.destroy()
})
