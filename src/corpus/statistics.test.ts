import { expect, test } from 'vitest'
import { cutSnippets } from './snippets'
import { corpusStatistics } from './statistics'

const title = (durationS: number, languages: readonly string[], genre?: string) => ({
  durationS,
  snippets: cutSnippets(durationS, 10),
  audio: languages.map((language) => ({ language, startS: 0, endS: durationS })),
  ...(genre === undefined ? {} : { genre }),
})

test('instances, dubs, languages, originals and genres are counted by title', () => {
  const statistics = corpusStatistics([
    title(3600, ['en', 'es', 'fr'], 'drama'),
    title(1800, ['fr', 'en', 'zxx'], 'drama'),
    title(1800, ['en'], 'comedy'),
    title(40, ['ja']),
  ])
  expect(statistics).toMatchObject({ instances: 360 + 180 + 180 + 4, averageDubs: 3 / 4, averageDubsOfDubbed: 3 / 2 })
  expect(statistics.hours).toBeCloseTo(2 + 40 / 3600)
  expect(statistics.languages).toMatchObject([
    { language: 'en', titles: 3, originals: 2, hours: 2 },
    { language: 'fr', titles: 2, originals: 1, hours: 1.5 },
    { language: 'es', titles: 1, originals: 0, hours: 1 },
    { language: 'ja', titles: 1, originals: 1 },
  ])
  expect(statistics.originals.map(({ name, titles }) => `${name} ${titles}`)).toEqual(['en 2', 'fr 1', 'ja 1'])
  expect(statistics.genres).toEqual([
    { name: 'drama', titles: 2 },
    { name: 'comedy', titles: 1 },
  ])
})

test('a corpus without titles is all zeros', () => {
  expect(corpusStatistics([])).toMatchObject({ instances: 0, averageDubs: 0, languages: [] })
})
