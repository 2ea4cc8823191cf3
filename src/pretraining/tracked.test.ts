import { expect, test } from 'vitest'
import { trackBatch } from './tracked'

const item = (titleIndex: number, languagePrimary: string, languageSecondary: string) => ({
  titleIndex,
  languagePrimary,
  languageSecondary,
})
const items = [item(0, 'en', 'es'), item(0, 'en', 'fr'), item(1, 'ja', 'ja')]

test('retrieval counts clips that find their partner first, by row from pictures and by column from sounds', () => {
  const cosines = Float32Array.of(0.5, 0.25, 0, 0.75, 0.5, 0, 0, 0, 1)
  const tracked = trackBatch(items, cosines, new Float32Array(9))
  // Row 1 likes column 0 better than its own; column 0 likes row 1 better than its own.
  expect(tracked.retrievalVideoToAudio).toBeCloseTo(2 / 3, 4)
  expect(tracked.retrievalAudioToVideo).toBeCloseTo(2 / 3, 4)
})

test('a tie is no find', () => {
  const tracked = trackBatch(items, new Float32Array(9).fill(0.5), new Float32Array(9))
  expect([tracked.retrievalVideoToAudio, tracked.retrievalAudioToVideo]).toEqual([0, 0])
})

test('negatives are told apart by title, and dubs by language', () => {
  const cosines = Float32Array.of(1, 0.5, 0.25, 0.5, 1, 0.25, 0, 0, 0.5)
  const audio = Float32Array.of(0.75, 0, 0, 0, 0.25, 0, 0, 0, 1)
  const tracked = trackBatch(items, cosines, audio)
  expect(tracked).toMatchObject({ inTitle: 0.5, crossTitle: 0.125, sameLanguage: 1, otherLanguage: 0.5 })
  expect(tracked.positives).toBeCloseTo(5 / 6, 4)
})

test('what a batch does not have is null, not zero', () => {
  const alone = trackBatch([item(0, 'en', 'en'), item(1, 'en', 'en')], new Float32Array(4), new Float32Array(4))
  expect([alone.inTitle, alone.otherLanguage]).toEqual([null, null])
})
