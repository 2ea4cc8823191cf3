import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type BatchItem, planBatch, type SamplerSettings, type SamplerTitle, sampleBatch } from './sampler'
import { cutSnippets } from './snippets'

const settings: SamplerSettings = {
  sampler: 'hierarchical',
  batch: 32,
  snippetsPerTitle: 4,
  dub: 'on',
  dubLanguages: [],
  primary: 'original',
  soundtrack: 'speech',
  temporalJitterS: 0,
}
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
  sampler: fc.constantFrom('hierarchical', 'uniform'),
  dub: fc.constantFrom('on', 'off', 'pair', 'set'),
  dubLanguages: fc.uniqueArray(fc.constantFrom('en', 'es', 'fr', 'ja', 'de'), { minLength: 2, maxLength: 2 }),
  primary: fc.constantFrom('original', 'random'),
  soundtrack: fc.constant('speech'),
  temporalJitterS: fc.constantFrom(0, 1.5),
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
        if (given.sampler === 'hierarchical')
          for (const count of perTitle(items).values()) expect(count).toBeLessThanOrEqual(plan.snippetsPerTitle)
        const windows = items.flatMap(({ titleIndex, snippetIndex, windowStartS, secondStartS }, index) => {
          const snippet = corpus[titleIndex]?.snippets[snippetIndex]
          if (!snippet) throw new Error('no such snippet')
          expect(Math.abs(secondStartS - windowStartS)).toBeLessThanOrEqual(given.temporalJitterS + 1e-9)
          return [windowStartS, secondStartS].map((start) => {
            const end = start + Math.min(3, snippet.endS - snippet.startS)
            expect(start).toBeGreaterThanOrEqual(snippet.startS)
            expect(end).toBeLessThanOrEqual(snippet.endS + 1e-9)
            return { index, titleIndex, start, end }
          })
        })
        for (const [i, a] of windows.entries())
          for (const b of windows.slice(i + 1))
            if (a.titleIndex === b.titleIndex && a.index !== b.index)
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
          const { dub, dubLanguages, primary } = given
          const spoken = [item.languagePrimary, item.languageSecondary]
          const differ = spoken[0] !== spoken[1]
          const partners = dubLanguages.filter((language) => heard.includes(language))
          if (dub === 'off') expect(differ).toBe(false)
          if (dub === 'on') expect(differ).toBe(heard.length > 1)
          // A pair is complete or not used; never does a third language join it.
          if (dub === 'pair')
            expect(spoken.toSorted()).toEqual(partners.length === 2 ? dubLanguages.toSorted() : [heard[0], heard[0]])
          if (dub === 'set' && differ) expect(dubLanguages).toContain(item.languageSecondary)
          if (dub === 'set') expect(differ).toBe(partners.some((language) => language !== item.languagePrimary))
          if (dub === 'off' || (primary === 'original' && dub !== 'pair')) expect(item.languagePrimary).toBe(heard[0])
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

test('naive sampling draws snippets evenly, so that a long title fills batches that titles would share', () => {
  const corpus = [title(300, ['en']), title(30, ['en']), title(30, ['en'])]
  const plan = planBatch(corpus, { ...settings, sampler: 'uniform', batch: 6 })
  expect(plan.notes).toEqual(['No title has a second language: dub augmentation changes nothing.'])
  let fromLong = 0
  for (let step = 0; step < 500; step++)
    fromLong += sampleBatch(plan, corpus, 3, step).filter(({ titleIndex }) => titleIndex === 0).length
  // 30 of 36 snippets.
  expect(Math.abs(fromLong - (3000 * 30) / 36)).toBeLessThan(100)
})

test('speech removal takes the background stem for both views, and leaves out titles without one', () => {
  const corpus = [title(100, ['en', 'es', 'zxx']), title(100, ['en', 'es'])]
  const plan = planBatch(corpus, { ...settings, soundtrack: 'background', batch: 8 })
  expect(plan.notes[0]).toMatch(/^10 of 20 snippets are left out: no background stem/)
  for (const item of sampleBatch(plan, corpus, 3, 0))
    expect([item.titleIndex, item.languagePrimary, item.languageSecondary]).toEqual([0, 'zxx', 'zxx'])
  for (const item of batchOf(corpus, settings))
    expect([item.languagePrimary, item.languageSecondary]).toEqual(['en', 'es'])
})

test('a pair takes one of each language, whatever the regions that a title has', () => {
  const corpus = [title(100, ['es-MX', 'es-ES', 'en']), title(100, ['en-GB', 'en', 'es'])]
  const pair: SamplerSettings = { ...settings, dub: 'pair', dubLanguages: ['en', 'es'], batch: 8 }
  for (const primary of ['original', 'random'] as const)
    for (let step = 0; step < 20; step++)
      for (const item of batchOf(corpus, { ...pair, primary }, step)) {
        const spoken = [item.languagePrimary, item.languageSecondary].map((tag) => tag.slice(0, 2))
        expect(spoken.toSorted()).toEqual(['en', 'es'])
      }
})

test('titles that lack a language of the pair are counted', () => {
  const corpus = [title(100, ['en', 'es']), title(100, ['en', 'fr']), title(100, ['en'])]
  const notes = (dub: SamplerSettings['dub'], dubLanguages: readonly string[]) =>
    planBatch(corpus, { ...settings, batch: 8, dub, dubLanguages }).notes
  expect(notes('pair', ['en', 'es'])).toEqual([
    '2 of 3 titles lack en + es: both of their audio views speak the original.',
  ])
  expect(notes('set', ['es', 'fr'])).toEqual([
    '1 of 3 titles lack any of es + fr: both of their audio views speak the original.',
  ])
  expect(notes('pair', ['ja', 'de'])).toEqual(['No title has ja + de: dub augmentation changes nothing.'])
})
