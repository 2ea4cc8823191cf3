import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type CandidateFamily, type Search, searchVariants, type Verdict } from './search'

const families: readonly CandidateFamily[] = [
  { name: 'a', variants: ['1', '2', '3'] },
  { name: 'b', variants: ['1'] },
  { name: 'c', variants: ['1', '2'] },
]

/** An adapter on which some variants compute nonsense. */
async function search(broken: readonly string[]) {
  const trials: string[] = []
  let base: Search['base'] | undefined
  let early: Search['verdicts'] = new Map()
  const found = await searchVariants(families, {
    trial: async (table): Promise<Verdict> => {
      trials.push(JSON.stringify(table))
      const bad = Object.entries(table).some(([family, variant]) => broken.includes(`${family}:${variant}`))
      return { problem: bad ? 'is off' : null, error: bad ? 1 : 1e-6 }
    },
    onBase: (known) => {
      expect(base).toBeUndefined()
      base = known.base
      early = new Map(known.verdicts)
    },
    whenIdle: async () => undefined,
  })
  expect(base).toEqual(found.base)
  return { ...found, trials, early }
}

it('passes everything in as many trials as the largest family has variants', async () => {
  const { verdicts, base, trials } = await search([])
  expect(base).toEqual({ a: '1', b: '1', c: '1' })
  expect(trials).toHaveLength(3)
  expect([...verdicts.values()].every(({ problem }) => problem === null)).toBe(true)
  expect(verdicts.size).toBe(6)
})

it('finds exactly the broken variants, whichever they are, while one family at most has lost its first', async () => {
  const all = families.flatMap(({ name, variants }) => variants.map((variant) => `${name}:${variant}`))
  await fc.assert(
    fc.asyncProperty(fc.subarray(all), async (broken) => {
      const lostFirst = families.filter(({ name }) => broken.includes(`${name}:1`))
      const survives = families.every(({ name, variants }) => variants.some((v) => !broken.includes(`${name}:${v}`)))
      fc.pre(survives && lostFirst.length <= 1)
      const { verdicts, base, trials } = await search(broken)
      expect(base).not.toBeNull()
      const failed = [...verdicts].filter(([, { problem }]) => problem !== null).map(([key]) => key)
      expect(failed.sort()).toEqual([...broken].sort())
      expect(verdicts.size).toBe(all.length)
      expect(new Set(trials).size).toBe(trials.length)
    }),
  )
})

it('knows which variant made the preferred table fail as soon as jobs may run', async () => {
  const { early, base } = await search(['a:1'])
  expect(base).toEqual({ a: '2', b: '1', c: '1' })
  expect([...early].map(([key, { problem }]) => [key, problem === null])).toEqual([
    ['a:2', true],
    ['b:1', true],
    ['c:1', true],
    ['a:1', false],
  ])
})

it('has no table to offer when a family has lost all its variants', async () => {
  expect((await search(['c:1', 'c:2'])).base).toBeNull()
  expect((await search(['b:1'])).base).toBeNull()
})
