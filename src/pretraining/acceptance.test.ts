/** What any correct trainer does (spec/pretraining.md section 11, check 4): begins near chance, and can learn by heart. */
import { expect, it } from 'vitest'
import { testContext } from '../ops/testing'
import { Trainer } from './trainer'
import { fillClips, smallNetwork, smallSettings } from './training.testing'

const batch = 16
const temperature = 0.1
const headDim = 32
const steps = 120

it('an untrained loss is near chance, and 16 quadruplets are learnt by heart to below 0.1', async () => {
  const network = smallNetwork({ videoDropPath: 0, audioDropPath: 0, headDim })
  const trainer = await Trainer.create(await testContext(), network, {
    ...smallSettings,
    batch,
    objective: { temperature, crossWeight: 1, lambdaV: 0, lambdaA: 0 },
    schedule: { steps, learningRate: 3e-3, minLearningRate: 1e-6, warmupShare: 0.1 },
  })
  try {
    await fillClips(trainer, 0)
    const losses: number[] = []
    for (let step = 0; step < steps && (losses.at(-1) ?? 1) >= 0.1; step++) losses.push((await trainer.step(step)).L)
    const chance = Math.log(2 * batch - 1)
    expect(losses[0]).toBeGreaterThan(0.95 * chance)
    expect(losses[0]).toBeLessThan(1.05 * (chance + 1 / (2 * headDim * temperature ** 2)))
    expect(losses.at(-1)).toBeLessThan(0.1)
  } finally {
    trainer.destroy()
  }
}, 600_000)
