import { describe, expect, it } from 'vitest'
import { relativeError, testContext } from '../ops/testing'
import { Trainer } from './trainer'
import { allTensors, smallNetwork, smallSettings, trainSteps } from './training.testing'

const steps = 2
const norm = (data: ArrayLike<number>) => Math.sqrt(Array.from(data).reduce((sum, x) => sum + x * x, 0))

async function run(microBatch: number, recompute: boolean) {
  const memory = { microBatch, recompute, budget: 0 }
  const trainer = await Trainer.create(await testContext(), smallNetwork(), { ...smallSettings, memory })
  expect(trainer.plan.microBatch).toBe(microBatch)
  const reports = await trainSteps(trainer, 0, 1)
  const gradients = await trainer.state.readGradients()
  reports.push(...(await trainSteps(trainer, 1, steps)))
  const result = {
    losses: reports.flatMap(({ L, Lv, La, total, gradientNorm }) => [L, Lv, La, total, gradientNorm]),
    gradients,
    tensors: await allTensors(trainer),
    bytes: trainer.plan.bytes.activations,
  }
  trainer.destroy()
  return result
}

describe('a step in micro-batches', () => {
  it.each([4, 1])('of %i clips has the losses, gradients and updates of the whole batch', async (microBatch) => {
    const whole = await run(8, false)
    const parts = await run(microBatch, false)
    expect(relativeError(parts.losses, whole.losses)).toBeLessThanOrEqual(1e-5)
    const largest = Math.max(...[...whole.gradients.values()].map(norm))
    for (const [name, gradient] of whole.gradients) {
      const actual = parts.gradients.get(name) ?? []
      // What a later softmax or batch norm takes out again has a gradient of zero, of which rounding alone is left.
      const isZero = norm(gradient) <= 1e-6 * largest
      if (isZero) expect(norm(actual), `gradient of ${name}`).toBeLessThanOrEqual(1e-6 * largest)
      else expect(relativeError(actual, gradient), `gradient of ${name}`).toBeLessThanOrEqual(1e-5)
      // Adam makes a full step of a tiny gradient's rounding, so only entries with a clear gradient are told apart.
      const clear = [...gradient.keys()].filter((i) => Math.abs(gradient[i] ?? 0) > 1e-5 * largest)
      const of = (tensors: Map<string, number[]>) => clear.map((i) => tensors.get(name)?.[i] ?? Number.NaN)
      expect(relativeError(of(parts.tensors), of(whole.tensors)), name).toBeLessThanOrEqual(1e-5)
    }
    expect(parts.bytes).toBeLessThan(whole.bytes)
  })
})

describe('recomputing blocks', () => {
  it.each([8, 2])('with %i clips at a time takes less memory and changes no bit', async (microBatch) => {
    const kept = await run(microBatch, false)
    const recomputed = await run(microBatch, true)
    expect(recomputed.losses).toEqual(kept.losses)
    expect(recomputed.gradients).toEqual(kept.gradients)
    expect(recomputed.tensors).toEqual(kept.tensors)
    expect(recomputed.bytes).toBeLessThan(kept.bytes)
  })
})
