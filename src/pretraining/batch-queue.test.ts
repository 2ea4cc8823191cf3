import { expect, test } from 'vitest'
import { BatchQueue } from './batch-queue'

const limits = { ahead: 2, bytes: 100 }
/** A queue whose batches are made by hand. */
function byHand(end: number, sizes: (step: number) => number = () => 1, warmSteps = 0) {
  const begun: number[] = []
  const making = new Map<number, PromiseWithResolvers<number>>()
  const prepare = (step: number) => {
    begun.push(step)
    const made = Promise.withResolvers<number>()
    making.set(step, made)
    return made.promise
  }
  const queue = new BatchQueue<number>(prepare, sizes, 0, end, limits, warmSteps)
  const finish = async (step: number) => {
    making.get(step)?.resolve(step)
    await new Promise((resolve) => setTimeout(resolve))
  }
  return { queue, begun, making, finish }
}

test('batches are prepared one after the other, no more than the limit ahead, and come in order', async () => {
  const { queue, begun, finish } = byHand(5)
  expect(begun).toEqual([0])
  await finish(0)
  await finish(1)
  expect(begun).toEqual([0, 1])
  expect(await queue.take(0)).toBe(0)
  expect(begun).toEqual([0, 1, 2])
  await finish(2)
  expect([await queue.take(1), await queue.take(2)]).toEqual([1, 2])
  await finish(3)
  await finish(4)
  expect([await queue.take(3), await queue.take(4)]).toEqual([3, 4])
  expect(begun).toEqual([0, 1, 2, 3, 4])
})

test('large batches are not piled up, but one is always on its way', async () => {
  const { queue, begun, finish } = byHand(5, () => 200)
  await finish(0)
  expect(begun).toEqual([0])
  await queue.take(0)
  expect(begun).toEqual([0, 1])
})

test('a failure reaches the step that needed the batch', async () => {
  const { queue, making, finish } = byHand(3)
  await finish(0)
  making.get(1)?.reject(new Error('film.mkv cannot be read'))
  await queue.take(0)
  await expect(queue.take(1)).rejects.toThrow('film.mkv cannot be read')
})

test('only waiting after the first epoch counts', async () => {
  const { queue, finish } = byHand(3, undefined, 1)
  const first = queue.take(0)
  await finish(0)
  await first
  expect(queue.waitShare).toBe(null)
  const second = queue.take(1)
  await new Promise((resolve) => setTimeout(resolve, 30))
  await finish(1)
  await second
  // Nothing was done between the steps but waiting.
  expect(queue.waitShare).toBeGreaterThan(0.5)
  expect(queue.waitShare).toBeLessThanOrEqual(1)
})
