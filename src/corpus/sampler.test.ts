import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type BatchItem, planBatch, type SamplerSettings, type SamplerTitle, sampleBatch } from './sampler'
import { cutSnippets } from './snippets'

const settings: SamplerSettings = { batch: 32, snippetsPerTitle: 4, dub: 'on', primary: 'original' }
/** A title that sounds in all languages from start to end, original first. */
const title = (durationS: number, languages: readonly string[]): SamplerTitle => ({
  snippets: cutSnippets(durationS, 10),
  audio: languages.map((language) => ({ language, startS: 0, endS: durationS })),
})
const titles = (count: number, durationS: number, languages = ['en', 'es', 'fr', 'ja']) =>
  Array.from({ length: count }, () => title(durationS, languages))
const batchOf = (corpus: readonly SamplerTitle[], given: SamplerSettings, step = 0) =>
  sampleBatch(planBatch(corpus, given), corpus, 1, step)
const perTitle = (items: readonly BatchItem[]) => {
  const counts = new Map<number, number>()
  for (const { titleIndex } of items) counts.set(titleIndex, (counts.get(titleIndex) ?? 0) + 1)
  return counts
}

const anyTitle = fc
  .record({
    durationS: fc.double({ min: 0.5, max: 120, noNaN: true }),
    tracks: fc.uniqueArray(
      fc.record({
        language: fc.constantFrom('en', 'es', 'fr', 'ja', 'de'),
        from: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true })),
        to: fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })),
      }),
      { selector: ({ language }) => language, minLength: 1, maxLength: 5 },
    ),
  })
  .map(
    ({ durationS, tracks }): SamplerTitle => ({
      snippets: cutSnippets(durationS, 10),
      audio: tracks.map(({ language, from, to }) => ({ language, startS: from * durationS, endS: to * durationS })),
    }),
  )
const anySettings = fc.record<SamplerSettings>({
  batch: fc.integer({ min: 2, max: 64 }),
  snippetsPerTitle: fc.integer({ min: 1, max: 10 }),
  dub: fc.constantFrom('on', 'off'),
  primary: fc.constantFrom('original', 'random'),
})
const anyBatch = fc
  .record({
    corpus: fc.array(anyTitle, { minLength: 1, maxLength: 12 }),
    given: anySettings,
    seed: fc.nat(),
    step: fc.nat(),
  })
  .filter(({ corpus, given }) => {
    try {
      return planBatch(corpus, given).batch > 0
    } catch {
      return false
    }
  })

describe('for any corpus and settings', () => {
  test('a batch is full, no snippet is in it twice, and no two windows overlap', () => {
    fc.assert(
      fc.property(anyBatch, ({ corpus, given, seed, step }) => {
        const plan = planBatch(corpus, given)
        const items = sampleBatch(plan, corpus, seed, step)
        expect(items.length).toBe(plan.batch)
        expect(plan.batch).toBeLessThanOrEqual(given.batch)
        for (const count of perTitle(items).values()) expect(count).toBeLessThanOrEqual(plan.snippetsPerTitle)
        const windows = items.map(({ titleIndex, snippetIndex, windowStartS }) => {
          const snippet = corpus[titleIndex]?.snippets[snippetIndex]
          if (!snippet) throw new Error('no such snippet')
          const end = windowStartS + Math.min(3, snippet.endS - snippet.startS)
          expect(windowStartS).toBeGreaterThanOrEqual(snippet.startS)
          expect(end).toBeLessThanOrEqual(snippet.endS + 1e-9)
          return { titleIndex, start: windowStartS, end }
        })
        for (const [i, a] of windows.entries())
          for (const b of windows.slice(i + 1))
            if (a.titleIndex === b.titleIndex)
              expect(Math.min(a.end, b.end) - Math.max(a.start, b.start)).toBeLessThan(1e-9)
      }),
    )
  })

  test('a language is used only where its track has samples, and both views differ in it wherever they can', () => {
    fc.assert(
      fc.property(anyBatch, ({ corpus, given, seed, step }) => {
        for (const item of sampleBatch(planBatch(corpus, given), corpus, seed, step)) {
          const { audio, snippets } = corpus[item.titleIndex] ?? { audio: [], snippets: [] }
          const snippet = snippets[item.snippetIndex]
          const length = Math.min(3, (snippet?.endS ?? 0) - (snippet?.startS ?? 0))
          const heard = audio
            .filter(
              ({ startS, endS }) =>
                Math.min(endS, item.windowStartS + length) - Math.max(startS, item.windowStartS) >= length / 2 - 1e-9,
            )
            .map(({ language }) => language)
          expect(heard).toContain(item.languagePrimary)
          expect(heard).toContain(item.languageSecondary)
          const differ = item.languagePrimary !== item.languageSecondary
          expect(differ).toBe(given.dub === 'on' && heard.length > 1)
          if (given.dub === 'off' || given.primary === 'original') expect(item.languagePrimary).toBe(heard[0])
        }
      }),
    )
  })

  test('a batch depends on seed and step alone', () => {
    fc.assert(
      fc.property(anyBatch, ({ corpus, given, seed, step }) => {
        const plan = planBatch(corpus, given)
        const before = sampleBatch(plan, corpus, seed, step)
        sampleBatch(plan, corpus, seed, step + 1)
        expect(sampleBatch(planBatch(corpus, given), corpus, seed, step)).toEqual(before)
      }),
      { numRuns: 30 },
    )
  })
})

test('B = 32, k = 4 from a library of 10 titles has 8 distinct titles with 4 distinct windows each', () => {
  for (let step = 0; step < 50; step++) {
    const counts = perTitle(batchOf(titles(10, 120), settings, step))
    expect([...counts.values()]).toEqual(Array(8).fill(4))
  }
})

test('with dubs on, a two-track title always speaks two languages and a one-track title one', () => {
  const corpus = [title(200, ['en', 'es']), title(200, ['fr'])]
  for (let step = 0; step < 20; step++)
    for (const { titleIndex, languagePrimary, languageSecondary } of batchOf(corpus, settings, step))
      expect([languagePrimary, languageSecondary]).toEqual(titleIndex === 0 ? ['en', 'es'] : ['fr', 'fr'])
})

test('dubs are drawn evenly, titles too, and windows over the whole of a snippet', () => {
  const corpus = titles(6, 30)
  const plan = planBatch(corpus, { ...settings, batch: 6, snippetsPerTitle: 2 })
  const dubs = new Map<string, number>()
  const perTitleCount = new Map<number, number>()
  let least = 10
  let most = 0
  for (let step = 0; step < 1000; step++)
    for (const item of sampleBatch(plan, corpus, 3, step)) {
      dubs.set(item.languageSecondary, (dubs.get(item.languageSecondary) ?? 0) + 1)
      perTitleCount.set(item.titleIndex, (perTitleCount.get(item.titleIndex) ?? 0) + 1)
      least = Math.min(least, item.windowStartS - item.snippetIndex * 10)
      most = Math.max(most, item.windowStartS - item.snippetIndex * 10)
    }
  expect([...dubs.keys()].sort()).toEqual(['es', 'fr', 'ja'])
  for (const count of dubs.values()) expect(Math.abs(count - 2000)).toBeLessThan(180)
  for (const count of perTitleCount.values()) expect(Math.abs(count - 1000)).toBeLessThan(120)
  expect(least).toBeLessThan(0.05)
  expect(most).toBeGreaterThan(6.95)
})

describe('a small corpus', () => {
  test('of 2 titles runs B = 32 with k = 16, and says so', () => {
    const plan = planBatch(titles(2, 300), settings)
    expect([plan.batch, plan.snippetsPerTitle]).toEqual([32, 16])
    expect(plan.notes).toEqual([
      'Snippets per title raised from 4 to 16: 2 titles with 4 each do not fill a batch of 32.',
    ])
  })

  test('of 6 titles of 30 s lowers B to its 18 snippets, and says so', () => {
    const plan = planBatch(titles(6, 30), settings)
    expect([plan.batch, plan.snippetsPerTitle]).toEqual([18, 3])
    expect(plan.notes).toEqual([
      'Snippets per title lowered from 4 to 3: no title has more than 3.',
      'Batch lowered from 32 to 18: the corpus has 18 snippets, and a batch holds each at most once.',
    ])
  })

  test('of one snippet cannot be trained on', () => {
    expect(() => planBatch([title(8, ['en'])], settings)).toThrow(/at least 2 snippets with sound; the corpus has 1/)
  })

  test('that fills the batch as asked is left alone', () => {
    expect(planBatch(titles(10, 120), settings).notes).toEqual([])
  })
})

test('snippets where no track sounds are left out, and a corpus without dubs says that dubs change nothing', () => {
  const mute: SamplerTitle = { snippets: cutSnippets(30, 10), audio: [{ language: 'en', startS: 0, endS: 14 }] }
  const plan = planBatch([mute, title(30, ['en'])], { ...settings, batch: 5, snippetsPerTitle: 3 })
  expect(plan.batch).toBe(5)
  expect(plan.notes).toEqual([
    '1 of 6 snippets are left out: no track has sound there.',
    'No title has a second language: dub augmentation changes nothing.',
  ])
})

test('of two tracks in one language the first is used', () => {
  const double: SamplerTitle = {
    snippets: cutSnippets(30, 10),
    audio: [
      { language: 'und', startS: 0, endS: 12 },
      { language: 'und', startS: 0, endS: 30 },
    ],
  }
  expect(planBatch([double], { ...settings, batch: 2 }).usable).toEqual([[0, 1]])
})
