import { describe, expect, test } from 'vitest'
import { randomStream } from '../schema/random'
import { crossAlignment, structureOf } from './structure'

const random = (n: number, d: number, seed: number) => {
  const { uniform } = randomStream(seed, 0, 0)
  return Float32Array.from({ length: n * d }, () => uniform() - 0.5)
}
const normalised = (data: Float32Array, d: number) =>
  Array.from({ length: data.length / d }, (_, row) => {
    const values = [...data.subarray(row * d, (row + 1) * d)]
    const length = Math.hypot(...values)
    return values.map((value) => value / length)
  })
const squared = (a: number[] = [], b: number[] = []) => a.reduce((sum, x, i) => sum + (x - (b[i] ?? 0)) ** 2, 0)
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

describe('the structure of embeddings', () => {
  const [n, d] = [24, 6]
  const vectors = random(n, d, 1)
  const snippets = Array.from({ length: n }, (_, row) => Math.floor(row / 3))
  const languages = Array.from({ length: n }, (_, row) => ['en', 'fr', 'ja'][row % 3] ?? '')
  const units = normalised(vectors, d)
  const pairs = units.flatMap((a, i) => units.slice(0, i).map((b, j) => ({ i, j, squared: squared(a, b) })))
  const found = structureOf('audio', { vectors, d, snippets, languages })

  test('equals the definitions of Wang and Isola, pair by pair in float64', () => {
    const positives = pairs.filter(({ i, j }) => snippets[i] === snippets[j])
    expect(found.alignment).toBeCloseTo(mean(positives.map((pair) => pair.squared)), 12)
    expect(found.uniformity).toBeCloseTo(Math.log(mean(pairs.map((pair) => Math.exp(-2 * pair.squared)))), 12)
  })

  test('sets the distance of dubs against the distance of snippets', () => {
    const distance = (same: boolean) =>
      mean(pairs.filter(({ i, j }) => (snippets[i] === snippets[j]) === same).map((pair) => pair.squared / 2))
    expect(found.dubDistance).toBeCloseTo(distance(true), 12)
    expect(found.snippetDistance).toBeCloseTo(distance(false), 12)
    expect(found.languageGap).toBeCloseTo(distance(true) / distance(false), 12)
  })

  test('tells how far two languages are apart', () => {
    expect(found.pairs.map((pair) => pair.languages.join())).toEqual(['en,fr', 'en,ja', 'fr,ja'])
    const own = pairs.filter(({ i, j }) => snippets[i] === snippets[j] && i % 3 === 2 && j % 3 === 1)
    expect(found.pairs[2]?.distance).toBeCloseTo(mean(own.map((pair) => pair.squared / 2)), 12)
  })

  test('has no language gap where dubs lie on each other, and a gap of one where they are as far as snippets', () => {
    const same = Float32Array.from(vectors, (_, at) => vectors[Math.floor(at / d / 3) * 3 * d + (at % d)] ?? 0)
    expect(structureOf('audio', { vectors: same, d, snippets, languages }).languageGap).toBeCloseTo(0, 9)
    const axes = Float32Array.from({ length: 16 }, (_, at) => (at % 5 === 0 ? 1 : 0))
    const far = structureOf('audio', {
      vectors: axes,
      d: 4,
      snippets: [0, 0, 1, 1],
      languages: ['en', 'fr', 'en', 'fr'],
    })
    expect(far.languageGap).toBe(1)
  })

  test('is unknown, not wrong, where there is one row a snippet, or one row at all', () => {
    const pictures = structureOf('video', {
      vectors: random(3, 4, 2),
      d: 4,
      snippets: [0, 1, 2],
      languages: ['', '', ''],
    })
    expect(pictures).toMatchObject({ dubDistance: null, languageGap: null, alignment: null, pairs: [] })
    const one = structureOf('video', { vectors: random(1, 4, 2), d: 4, snippets: [0], languages: [''] })
    expect(one).toMatchObject({ snippetDistance: null, uniformity: null, n: 1 })
  })

  test('of pictures and sounds is the mean squared distance of those that belong together', () => {
    const sounds = { vectors, d, snippets, languages }
    const pictures = random(8, d, 5)
    const shown = normalised(pictures, d)
    const expected = mean(units.map((unit, row) => squared(unit, shown[snippets[row] ?? 0])))
    const video = { vectors: pictures, d, snippets: [0, 1, 2, 3, 4, 5, 6, 7], languages: Array(8).fill('') }
    expect(crossAlignment(sounds, video)).toBeCloseTo(expected, 12)
    expect(crossAlignment({ ...sounds, snippets: snippets.map((snippet) => snippet + 100) }, video)).toBeNull()
  })
})
