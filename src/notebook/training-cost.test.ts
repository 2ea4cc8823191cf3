import { expect, test } from 'vitest'
import { mvitShape } from '../schema/mvit'
import { networkConfig } from '../schema/presets'
import { completeSettings } from '../schema/settings'
import { forwardFlops, trainingCost } from './training-cost'

const model = (preset: string) => completeSettings('model', { preset })
const pretrain = (changes: Parameters<typeof completeSettings>[1]) => completeSettings('pretrain', changes)

test('tokens and parameters of S and B are those of the specification', () => {
  const S = trainingCost(pretrain({ batch: 32 }), model('S'))
  expect(S.tokens).toEqual({ video: 6273, audio: 864 })
  // 34.20 M and 34.04 M, and two heads 768-768-768-128.
  expect(S.parameters / 1e6).toBeCloseTo(34.2 + 34.04 + 2 * (2 * 0.768 * 0.77 + 0.128 * 0.77), 1)
  expect(S.stateBytes).toBe(16 * S.parameters)
  const B = trainingCost(pretrain({ variant: 'C.1', paperSize: true }), model('tiny'))
  expect(B.parameters / 1e6).toBeCloseTo(50.83 + 50.61 + 2 * (2 * 0.768 * 0.77 + 0.128 * 0.77), 1)
})

test('a video clip through S with overlapping patches takes about the 64 GFLOP published for MViTv2-S, two a multiply-add', () => {
  const overlap = completeSettings('model', { preset: 'S', patch: 'overlap' })
  const gigaflops = forwardFlops(mvitShape(networkConfig(overlap).video)) / 2e9
  expect(gigaflops).toBeGreaterThan(58)
  expect(gigaflops).toBeLessThan(72)
})

test('a step grows with the batch, and by a third with recomputation', () => {
  const cost = (changes: Parameters<typeof completeSettings>[1]) => trainingCost(pretrain(changes), model('tiny'))
  expect(cost({ batch: 16 }).flopsPerStep).toBe(2 * cost({ batch: 8 }).flopsPerStep)
  expect(cost({ batch: 8, recompute: true }).flopsPerStep / cost({ batch: 8 }).flopsPerStep).toBeCloseTo(4 / 3)
})
