import fc from 'fast-check'
import { expect, test } from 'vitest'
import { philox4x32, randomStream } from './random'

test.each([
  [[0, 0, 0, 0], [0, 0], '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
  [[0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], '408f276d 41c83b0e a20bc7c6 6d5451fd'],
  [[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0], 'd16cfe09 94fdcceb 5001e420 24126ea1'],
] as const)('Philox4x32-10 gives the known answers published with Random123: %j %j', (counter, key, answer) => {
  const out = new Uint32Array(4)
  philox4x32(counter, key, out)
  expect([...out].map((word) => word.toString(16).padStart(8, '0')).join(' ')).toBe(answer)
})

const draw = (seed: number, step: number, stream: number, count = 20) => {
  const random = randomStream(seed, step, stream)
  return Array.from({ length: count }, () => random.uniform())
}

test('the same seed, step and stream give the same numbers, any other one others', () => {
  expect(draw(7, 3, 1)).toEqual(draw(7, 3, 1))
  const all = new Set([draw(7, 3, 1), draw(8, 3, 1), draw(7, 4, 1), draw(7, 3, 2)].flat())
  expect(all.size).toBe(80)
})

test('uniform numbers fill [0, 1) evenly', () => {
  const counts = new Uint32Array(100)
  for (const value of draw(1, 2, 3, 100_000))
    counts[Math.floor(value * 100)] = (counts[Math.floor(value * 100)] ?? 0) + 1
  // Chi-squared with 99 degrees of freedom is below 161 in all but 1 of 10,000 cases.
  expect(counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)).toBeLessThan(161)
})

test('shuffling keeps every value, leaves the given array alone, and puts each value everywhere', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.nat(), (values, seed) => {
      const copy = [...values]
      expect(randomStream(seed, 0, 0).shuffled(values).sort()).toEqual([...copy].sort())
      expect(values).toEqual(copy)
    }),
  )
  const places = new Uint32Array(16)
  for (let step = 0; step < 4000; step++)
    randomStream(5, step, 0)
      .shuffled([0, 1, 2, 3])
      .forEach((value, place) => {
        places[value * 4 + place] = (places[value * 4 + place] ?? 0) + 1
      })
  for (const count of places) expect(Math.abs(count - 1000)).toBeLessThan(150)
})
