/** What a long run must not gather: GPU buffers and host memory. */
import { expect, it } from 'vitest'
import { cdp } from 'vitest/browser'
import { watchBuffers } from '../gpu/live-buffers.testing'
import { testContext } from '../ops/testing'
import { Trainer } from './trainer'
import { fillClips, smallNetwork, smallSettings } from './training.testing'

const warmUp = 8

/** Bytes that JavaScript holds after a collection. */
async function heapBytes(): Promise<number> {
  const session = cdp()
  await session.send('HeapProfiler.collectGarbage')
  return (await session.send('Runtime.getHeapUsage')).usedSize
}

/** Trains, two steps in flight as a run keeps them. @returns By how much buffers and heap grew after a warm-up, in bytes. */
async function growth(steps: number, microBatch: number): Promise<{ buffers: number; heap: number }> {
  const context = await testContext()
  const { liveBytes } = watchBuffers(context.device)
  const trainer = await Trainer.create(context, smallNetwork(), {
    ...smallSettings,
    memory: { microBatch, recompute: false, halfStorage: false, budget: 0 },
  })
  await fillClips(trainer, 0)
  const train = async (from: number, to: number) => {
    let before: Promise<unknown> = Promise.resolve()
    for (let step = from; step < to; step++) {
      const { report } = await trainer.submit(step)
      await before
      before = report
    }
    await before
  }
  await train(0, warmUp)
  const buffers = liveBytes()
  const heap = await heapBytes()
  let largest = buffers
  for (let step = warmUp; step < warmUp + steps; step += 10) {
    await train(step, step + 10)
    largest = Math.max(largest, liveBytes())
  }
  const grown = { buffers: largest - buffers, heap: (await heapBytes()) - heap }
  trainer.destroy()
  return grown
}

it('steps leave the bytes of GPU buffers as they were, at once and in micro-batches', async () => {
  expect((await growth(10, 0)).buffers).toBe(0)
  expect((await growth(10, 4)).buffers).toBe(0)
})

it('five hundred steps leave GPU buffers as they were and less than 1 KB each on the heap @long', async () => {
  const { buffers, heap } = await growth(500, 0)
  expect(buffers).toBe(0)
  expect(heap / 500).toBeLessThan(1024)
}, 900_000)
