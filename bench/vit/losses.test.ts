import { expect, it } from 'vitest'
import { requireSameLosses } from './losses'

const ours = { name: 'ours', losses: [1, 0.8, 0.6, 0.5, 0.4, 0.3] } as const

it('losses that differ by rounding count as the same training', () => {
  const peer = { name: 'jax-js', losses: [1.00001, 0.80002, 0.6, 0.5, 0.40001, 0.9] } as const
  expect(requireSameLosses([ours, peer])).toEqual([1, 0.8, 0.6, 0.5, 0.4])
})

it('a peer that trains otherwise does not count, and is named with the step', () => {
  const peer = { name: 'tfjs', losses: [1, 0.8, 0.6001, 0.5, 0.4] } as const
  expect(() => requireSameLosses([ours, peer])).toThrow(/Loss 3 of tfjs differs from ours/)
})

it('a peer with fewer losses, or one that is not a number, does not count', () => {
  expect(() => requireSameLosses([ours, { name: 'tfjs', losses: [1, 0.8] }])).toThrow(/Loss 3 of tfjs/)
  expect(() => requireSameLosses([ours, { name: 'jax-js', losses: [Number.NaN] }])).toThrow(/Loss 1 of jax-js/)
})
