import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomStream } from './random.testing'
import { probe } from './ridge'

const titles = 12
const perTitle = 10

/** Rows of many titles; class k lies `distance` along axis k, under noise of deviation 1, with columns of noise beside. */
function rows(classes: number, noiseColumns: number, seed: number, distance = 3) {
  const { normal } = randomStream(seed)
  const labels = Array.from({ length: titles * perTitle }, (_, row) => row % classes)
  const vectors = labels.map((label) =>
    Float64Array.from({ length: classes + noiseColumns }, (_, i) => normal() + (i === label ? distance : 0)),
  )
  return { vectors, labels, titles: labels.map((_, row) => Math.floor(row / perTitle)), classes }
}

const positions = [...Array(titles * perTitle).keys()]
const train = positions.filter((row) => row < 80)
const test_ = positions.filter((row) => row >= 80)
const share = (data: ReturnType<typeof rows>, answers: readonly number[]) =>
  answers.filter((answer, at) => answer === data.labels[test_[at] ?? 0]).length / answers.length

test('classes that lie apart are told apart, among columns of noise', () => {
  const data = rows(4, 40, 1, 5)
  expect(share(data, probe(data, train, test_))).toBeGreaterThan(0.95)
})

test('labels that have nothing to do with the inputs are answered by chance', () => {
  const scores = [...Array(20).keys()].map((seed) => {
    const data = rows(4, 20, seed + 1, 0)
    return share(data, probe(data, train, test_))
  })
  expect(scores.reduce((a, b) => a + b) / scores.length).toBeCloseTo(0.25, 1)
})

test('units of the inputs do not matter', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), fc.double({ min: 0.01, max: 100, noNaN: true }), (seed, factor) => {
      const data = rows(3, 5, seed)
      const scaled = {
        ...data,
        vectors: data.vectors.map((row) => row.map((value, i) => value * (i === 1 ? factor : 1) + i)),
      }
      expect(probe(scaled, train, test_)).toEqual(probe(data, train, test_))
    }),
    { numRuns: 10 },
  )
})

test('a column that never changes does no harm, and nothing can be learnt from no rows', () => {
  const data = rows(2, 0, 5)
  const constant = { ...data, vectors: data.vectors.map((row) => Float64Array.of(...row, 7)) }
  expect(probe(constant, train, test_)).toEqual(probe(data, train, test_))
  expect(() => probe(data, [], test_)).toThrow('needs training rows')
})
