import { describe, expect, it } from 'vitest'
import { relativeError, testContext } from '../ops/testing'
import { Trainer } from './trainer'
import { allTensors, smallNetwork, smallSettings, trainSteps } from './training.testing'

const norm = (data: ArrayLike<number>) => Math.sqrt(Array.from(data).reduce((sum, x) => sum + x * x, 0))

async function run(microBatch: number, recompute: boolean, steps: number, learningRate = 1e-3, halfStorage = false) {
  const memory = { microBatch, recompute, halfStorage, budget: 0 }
  const schedule = { steps: 2, learningRate, minLearningRate: learningRate, warmupShare: 0 }
  const trainer = await Trainer.create(await testContext(), smallNetwork(), { ...smallSettings, memory, schedule })
  expect(trainer.plan.microBatch).toBe(microBatch)
  const reports = await trainSteps(trainer, 0, steps)
  const result = {
    losses: reports.flatMap(({ L, Lv, La, total, gradientNorm }) => [L, Lv, La, total, gradientNorm]),
    gradients: await trainer.state.readGradients(),
    tensors: await allTensors(trainer),
    bytes: trainer.plan.bytes.activations,
  }
  trainer.destroy()
  return result
}
type Run = Awaited<ReturnType<typeof run>>

function compare(parts: Run, whole: Run): void {
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
}

describe('a step in micro-batches', () => {
  it.each([4, 1])('of %i clips has the losses, gradients and updates of the whole batch', async (microBatch) => {
    const whole = await run(8, false, 1)
    const parts = await run(microBatch, false, 1)
    compare(parts, whole)
    expect(parts.bytes).toBeLessThan(whole.bytes)
    const statistics = [...whole.tensors].filter(([name]) => name.includes('patch_embed.norm.running'))
    expect(statistics.map(([name]) => parts.tensors.get(name))).toEqual(statistics.map(([, values]) => values))
  })

  it('starts its gradients anew in the next step', async () => {
    // Without a learning rate both take their second step from the same weights.
    compare(await run(2, false, 2, 0), await run(8, false, 2, 0))
  })
})

describe('recomputing blocks', () => {
  it.each([8, 2])('with %i clips at a time takes less memory and changes no bit', async (microBatch) => {
    const kept = await run(microBatch, false, 2)
    const recomputed = await run(microBatch, true, 2)
    expect(recomputed.losses).toEqual(kept.losses)
    expect(recomputed.gradients).toEqual(kept.gradients)
    expect(recomputed.tensors).toEqual(kept.tensors)
    expect(recomputed.bytes).toBeLessThan(kept.bytes)
  })
})

describe('storage in float16', () => {
  it.each([8, 2])(
    'with %i clips at a time takes less memory, the same first losses and nearly the same gradients',
    async (microBatch) => {
      const exact = await run(microBatch, false, 1)
      const half = await run(microBatch, false, 1, 1e-3, true)
      expect(half.bytes).toBeLessThan(0.8 * exact.bytes)
      // Nothing on the way there is rounded; the gradient norm, the fifth number of a step, is.
      expect(half.losses.slice(0, 4)).toEqual(exact.losses.slice(0, 4))
      expect(relativeError(half.losses, exact.losses)).toBeLessThan(2e-3)
      const largest = Math.max(...[...exact.gradients.values()].map(norm))
      for (const [name, gradient] of exact.gradients)
        expect(relativeError(half.gradients.get(name) ?? [], gradient, 1e-3 * largest), name).toBeLessThan(5e-3)
      const again = await run(microBatch, false, 1, 1e-3, true)
      expect(again.tensors).toEqual(half.tensors)
    },
  )

  it('goes together with recomputed blocks', async () => {
    const both = await run(2, true, 1, 1e-3, true)
    const recomputed = await run(2, true, 1)
    expect(both.losses.slice(0, 4)).toEqual(recomputed.losses.slice(0, 4))
    expect(both.bytes).toBeLessThan(recomputed.bytes)
  })
})
