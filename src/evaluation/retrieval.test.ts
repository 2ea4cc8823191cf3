import { describe, expect, test } from 'vitest'
import { randomStream } from '../schema/random'
import { randomRank } from './random-rank'
import { retrieve } from './retrieval'

const unit = (snippet: number, dimension = 4) =>
  Array.from({ length: dimension }, (_, k) => (k === snippet ? 1 + snippet : 0.1))
const rows = (vectors: number[][], snippets: number[], languages: string[] = snippets.map(() => 'en')) => ({
  vectors: Float32Array.from(vectors.flat()),
  snippets,
  languages,
})
const video = rows([unit(0), unit(1), unit(2), unit(3)], [0, 1, 2, 3])
const recallAt1 = (found: ReturnType<typeof retrieve>, language = 'all') =>
  found.filter((score) => score.language === language).map(({ r1 }) => r1)

describe('retrieval', () => {
  test('always finds sound that lies where its picture lies, any dub of it, whatever its length', () => {
    const audio = rows([unit(0), unit(0).map((x) => 9 * x), unit(1), unit(2), unit(3)], [0, 0, 1, 2, 3])
    const found = retrieve(audio, video, 4)
    expect(recallAt1(found)).toEqual([1, 1])
    expect(found.every(({ medianRank, r5, r10 }) => medianRank === 1 && r5 === 1 && r10 === 1)).toBe(true)
  })

  test('loses half a snippet by one wrong dub of two; the other way the right dub still is a hit', () => {
    const audio = rows([unit(0), unit(3), unit(1), unit(2), unit(3)], [0, 0, 1, 2, 3])
    const [toVideo, toAudio] = recallAt1(retrieve(audio, video, 4))
    expect(toVideo).toBe(3.5 / 4)
    // The third picture finds two equally near sounds, one of them its own.
    expect(toAudio).toBe(3.5 / 4)
  })

  test('of projections that are all the same finds what chance finds, at every depth', () => {
    const same = (n: number) => Array.from({ length: n }, () => [1, 1, 1, 1])
    const snippets = Array.from({ length: 20 }, (_, index) => index)
    for (const { r1, r5, r10, medianRank, chance, gallery } of retrieve(
      rows(same(20), snippets),
      rows(same(20), snippets),
      4,
    )) {
      for (const [found, expected] of [
        [r1, chance.r1],
        [r5, chance.r5],
        [r10, chance.r10],
      ] as const)
        expect(found).toBeCloseTo(expected, 12)
      expect([chance.r1, chance.r5, chance.r10].map((value) => Number(value.toFixed(12)))).toEqual([0.05, 0.25, 0.5])
      expect([medianRank, chance.medianRank, gallery]).toEqual([10.5, 10.5, 20])
    }
  })

  test('goes language by language, each among its own sounds', () => {
    // English lies right; of the French sounds two are swapped.
    const audio = rows(
      [unit(0), unit(1), unit(2), unit(3), unit(1), unit(0), unit(2), unit(3)],
      [0, 1, 2, 3, 0, 1, 2, 3],
      ['en', 'en', 'en', 'en', 'fr', 'fr', 'fr', 'fr'],
    )
    const found = retrieve(audio, video, 4)
    expect(recallAt1(found, 'en')).toEqual([1, 1])
    expect(recallAt1(found, 'fr')).toEqual([0.5, 0.5])
    expect(recallAt1(found)).toEqual([0.75, 0.75])
    expect(found.map(({ language, gallery }) => [language, gallery])).toEqual([
      ['all', 4],
      ['all', 8],
      ['en', 4],
      ['en', 4],
      ['fr', 4],
      ['fr', 4],
    ])
  })

  test('of random projections equals sorting all cosines in float64', () => {
    const { uniform } = randomStream(3, 0, 0)
    const [n, d] = [30, 7]
    const draw = () => Array.from({ length: n }, () => Array.from({ length: d }, () => Math.fround(uniform() - 0.5)))
    const [sounds, pictures] = [draw(), draw()]
    const snippets = Array.from({ length: n }, (_, index) => index)
    const cosine = (a: number[], b: number[]) =>
      a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0) / Math.hypot(...a) / Math.hypot(...b)
    const ranks = sounds.map(
      (sound, own) =>
        1 + pictures.filter((picture) => cosine(sound, picture) > cosine(sound, pictures[own] ?? [])).length,
    )
    const share = (depth: number) => ranks.filter((rank) => rank <= depth).length / n
    const sorted = ranks.toSorted((a, b) => a - b)
    const [found] = retrieve(rows(sounds, snippets), rows(pictures, snippets), d)
    expect([found?.r1, found?.r5, found?.r10].map((value) => value?.toFixed(12))).toEqual(
      [1, 5, 10].map((depth) => share(depth).toFixed(12)),
    )
    expect(found?.medianRank).toBe(((sorted[14] ?? 0) + (sorted[15] ?? 0)) / 2)
  })

  test('finds no match in a vector of zeros, and no sound at all is an error', () => {
    const audio = rows([[0, 0, 0, 0], unit(1)], [0, 1])
    expect(recallAt1(retrieve(audio, rows([unit(0), unit(1)], [0, 1]), 4))[1]).toBe(0.5)
    expect(() => retrieve(rows([], []), video, 4)).toThrow(/needs sound and pictures/)
  })
})

test('the first right one in random order lies where counting all orders says', () => {
  const orders = (values: readonly boolean[]): boolean[][] =>
    values.length === 0
      ? [[]]
      : values.flatMap((value, at) => orders(values.toSpliced(at, 1)).map((rest) => [value, ...rest]))
  for (const [rows, right] of [
    [5, 1],
    [5, 2],
    [6, 3],
    [4, 4],
  ] as const) {
    const all = orders(Array.from({ length: rows }, (_, index) => index < right))
    const rank = randomRank(rows, right)
    expect(rank.mean).toBeCloseTo(all.reduce((sum, order) => sum + order.indexOf(true) + 1, 0) / all.length, 12)
    for (let depth = 0; depth <= rows + 1; depth++)
      expect(rank.within(depth)).toBeCloseTo(all.filter((order) => order.indexOf(true) < depth).length / all.length, 12)
  }
})
