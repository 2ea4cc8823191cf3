import { expect, test } from 'vitest'
import { retrieve } from './retrieval'

const unit = (snippet: number, dimension = 4) =>
  Array.from({ length: dimension }, (_, k) => (k === snippet ? 1 + snippet : 0.1))
const rows = (vectors: number[][], snippets: number[]) => ({ vectors: Float32Array.from(vectors.flat()), snippets })
const video = rows([unit(0), unit(1), unit(2), unit(3)], [0, 1, 2, 3])

test('sound that lies where its picture lies is always found, any dub of it, whatever its length', () => {
  const audio = rows([unit(0), unit(0).map((x) => 9 * x), unit(1), unit(2), unit(3)], [0, 0, 1, 2, 3])
  expect(retrieve(audio, video, 4)).toEqual({ audioToVideo: 1, videoToAudio: 1, chance: 0.25 })
})

test('one wrong dub of two costs half a snippet one way; the other way the right dub still is a hit', () => {
  const audio = rows([unit(0), unit(3), unit(1), unit(2), unit(3)], [0, 0, 1, 2, 3])
  expect(retrieve(audio, video, 4)).toEqual({ audioToVideo: 3.5 / 4, videoToAudio: 3 / 4, chance: 0.25 })
})

test('projections that are all the same find what chance finds', () => {
  const same = Array.from({ length: 4 }, () => [1, 1, 1, 1])
  const result = retrieve(rows(same, [0, 1, 2, 3]), rows(same, [0, 1, 2, 3]), 4)
  expect(result).toEqual({ audioToVideo: 0.25, videoToAudio: 0.25, chance: 0.25 })
})

test('a vector of zeros is no match, and no sound at all is an error', () => {
  const audio = rows([[0, 0, 0, 0], unit(1)], [0, 1])
  expect(retrieve(audio, rows([unit(0), unit(1)], [0, 1]), 4).videoToAudio).toBe(0.5)
  expect(() => retrieve(rows([], []), video, 4)).toThrow(/needs sound and pictures/)
})
