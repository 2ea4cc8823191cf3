import { expect, it } from 'vitest'
import { watchBuffers } from '../gpu/live-buffers.testing'
import { testContext } from '../ops/testing'
import { encodeCheckpoint, restoreCheckpoint } from './checkpoint'
import { Trainer, type TrainerSettings } from './trainer'
import { allTensors, fillClips, smallNetwork, smallSettings, trainSteps } from './training.testing'

const start = async (changes: Partial<TrainerSettings> = {}): Promise<Trainer> =>
  Trainer.create(await testContext(), smallNetwork(), { ...smallSettings, ...changes })
const header = (step: number, microBatch: number) => ({
  step,
  losses: [],
  microBatch,
  variants: '',
  trainedS: 0,
  resumes: [],
  devices: [],
})
const inParts = { microBatch: 2, recompute: false, halfStorage: false, budget: 0 }

for (const [what, memory] of [
  ['at once', undefined],
  ['in micro-batches', inParts],
] as const)
  it(`a run ${what} that goes on from a checkpoint ends with the same bits as one that was never disturbed`, async () => {
    const undisturbed = await start({ memory })
    await trainSteps(undisturbed, 0, 4)
    const expected = await allTensors(undisturbed)
    undisturbed.destroy()

    const first = await start({ memory })
    await trainSteps(first, 0, 2)
    const parts = await encodeCheckpoint(header(2, first.plan.microBatch), first.state)
    first.destroy()
    const bytes = new Uint8Array(await new Blob(parts as Uint8Array<ArrayBuffer>[]).arrayBuffer())

    const second = await start({ memory })
    expect(restoreCheckpoint(bytes, second.state)).toMatchObject({ step: 2, microBatch: second.plan.microBatch })
    await trainSteps(second, 2, 4)
    expect(await allTensors(second)).toEqual(expected)
    expect(await second.state.readCounters()).toEqual({ steps: 4, skipped: 0 })
    second.destroy()
  })

for (const [what, memory] of [
  ['at once', undefined],
  ['in micro-batches', inParts],
] as const)
  it(`timing a step ${what} changes no bit of it`, async () => {
    const plain = await start({ memory })
    await fillClips(plain, 0)
    await plain.step(0)
    const timed = await start({ memory })
    await fillClips(timed, 0)
    const { kernels } = await timed.step(0, true)
    expect(await allTensors(timed)).toEqual(await allTensors(plain))
    expect(kernels?.reduce((sum, { calls }) => sum + calls, 0)).toBeGreaterThan(100)
    plain.destroy()
    timed.destroy()
  })

it('a step whose input is not finite is reported and leaves every weight as it was', async () => {
  const trainer = await start()
  await fillClips(trainer, 0)
  const { device } = await testContext()
  for (const { buffer, offset } of trainer.clipsOf('audio'))
    device.queue.writeBuffer(buffer, offset, Float32Array.of(Number.NaN))
  const parameters = async () => [...(await allTensors(trainer))].filter(([name]) => !name.includes('running'))
  const before = await parameters()
  expect((await trainer.step(0)).skipped).toBe(true)
  expect(await parameters()).toEqual(before)
  for (const [name, values] of await allTensors(trainer)) expect(values.every(Number.isFinite), name).toBe(true)
  expect(await trainer.state.readCounters()).toEqual({ steps: 0, skipped: 1 })
  trainer.destroy()
})

it('parameters in several ranges, where one binding cannot hold them, are trained as those in one', async () => {
  const network = smallNetwork({ headHidden: 300 })
  const context = await testContext()
  const run = async (binding: number) => {
    const trainer = await Trainer.create(context, network, {
      ...smallSettings,
      clipNorm: 0,
      memory: { ...inParts, microBatch: 1 },
      limits: { binding, buffer: 2 ** 28 },
    })
    const [report] = await trainSteps(trainer, 0, 1)
    const result = { norm: report?.gradientNorm ?? Number.NaN, tensors: await allTensors(trainer) }
    const ranges = trainer.state.layout.ranges.length
    trainer.destroy()
    return { ...result, ranges }
  }
  const one = await run(2 ** 27)
  const several = await run(400_000)
  expect([one.ranges, several.ranges]).toEqual([1, 3])
  expect(Math.abs(several.norm / one.norm - 1)).toBeLessThan(1e-6)
  expect(several.tensors).toEqual(one.tensors)
})

it('a run over its budget is refused before anything is allocated, with sizes and remedies', async () => {
  const { device } = await testContext()
  const { liveBytes } = watchBuffers(device)
  const refused = (budget: number, changes: Partial<TrainerSettings> = {}) =>
    start({ memory: { microBatch: 0, recompute: false, halfStorage: false, budget }, ...changes })
  await expect(refused(2 ** 20)).rejects.toThrow(
    /needs \d+ MB of GPU memory, the budget is 1 MB: .*micro-batch of 1 \(largest: \w+ f32\[.*recomputation of blocks, storage in float16, a smaller batch, fewer frames/,
  )
  await expect(refused(0, { limits: { binding: 2 ** 16, buffer: 2 ** 16 } })).rejects.toThrow(/at most 1 MB at once/)
  expect(liveBytes()).toBe(0)
})

it('a run that the adapter cannot hold is found before its first step, and gives everything back', async () => {
  const { device } = await testContext()
  const { liveBytes } = watchBuffers(device)
  const pretended = { binding: 2 ** 40, buffer: 2 ** 40 }
  const whole = { microBatch: 8192, recompute: false, halfStorage: false, budget: 0 }
  await expect(start({ batch: 1000, memory: whole, limits: pretended })).rejects.toThrow(
    /The GPU gives no \d+ MB for .*Use a smaller batch/,
  )
  expect(liveBytes()).toBe(0)
  const trainer = await start()
  expect(liveBytes()).toBeGreaterThan(0)
  trainer.destroy()
  expect(liveBytes()).toBe(0)
})
