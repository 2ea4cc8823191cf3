import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lineGroups, type TaskName } from './design'
import { scoreTask } from './score'
import { itemsOf, readTables, splitsOf } from './tasks'

const languages = ['en', 'es']
const lines = 12
const windowsPerScene = 4

/** A corpus as the maker writes it: scenes of 12 s, a line in the first and in the second window of each. */
function corpus(titles: number, scenes: number) {
  const file = (title: number) => `title${String(title).padStart(2, '0')}.mp4`
  const each = <T>(make: (title: number, scene: number) => T[]) =>
    [...Array(titles).keys()].flatMap((title) => [...Array(scenes).keys()].flatMap((scene) => make(title, scene)))
  const lineOf = (title: number, scene: number, slot: number) =>
    (title % lineGroups) + lineGroups * ((title + scene + slot) % (lines / lineGroups))
  const tables = readTables(
    ['file,original,languages,genre', ...[...Array(titles).keys()].map((t) => `${file(t)},en,en+es,drama`)].join('\n'),
    [
      'file,start,end,scene,speakers',
      ...each((t, s) => [`${file(t)},${12 * s},${12 * s + 12},${['rain', 'crowd'][(t + s) % 2]},${1 + (s % 3)}`]),
    ].join('\n'),
    [
      'file,start,end,speaker,line',
      ...each((t, s) =>
        [0.4, 3, 5.6, 8.2].map(
          (at, slot) =>
            `${file(t)},${(12 * s + at).toFixed(1)},${(12 * s + at + 2.5).toFixed(1)},0,${lineOf(t, s, slot)}`,
        ),
      ),
    ].join('\n'),
  )
  const soundtracks = [...Array(titles).keys()].flatMap((title) =>
    languages.map((language, index) => ({
      file: file(title),
      language,
      windows: Array.from({ length: windowsPerScene * scenes }, (_, at) => ({
        startS: 3 * at,
        endS: 3 * at + 3,
        vector: Float32Array.of(index, at, title),
      })),
    })),
  )
  return { tables, soundtracks, lineOf }
}

const tasks: readonly TaskName[] = ['scene', 'speakers', 'keyword', 'language']

test('every item is tested once, by a probe that knows nothing of its title', () => {
  fc.assert(
    fc.property(fc.integer({ min: 6, max: 24 }), fc.constantFrom(...tasks), (titles, task) => {
      const { tables, soundtracks } = corpus(titles, 3)
      const items = itemsOf(task, tables, soundtracks)
      const splits = splitsOf(task, items)
      expect(splits.flatMap(({ test: out }) => out).sort((a, b) => a - b)).toEqual([...items.keys()])
      for (const { train, test: out } of splits) {
        const known = new Set(train.map((at) => items[at]?.title))
        expect(out.some((at) => known.has(items[at]?.title))).toBe(false)
      }
    }),
  )
})

test('for all but the keyword, test titles speak lines that no training title speaks', () => {
  const { tables, soundtracks, lineOf } = corpus(9, 4)
  const spoken = (title: number) =>
    [0, 1, 2, 3].flatMap((scene) => [0, 1, 2, 3].map((slot) => lineOf(title, scene, slot)))
  for (const task of ['scene', 'speakers', 'language'] as const) {
    const items = itemsOf(task, tables, soundtracks)
    for (const { train, test: out } of splitsOf(task, items)) {
      const known = new Set(train.flatMap((at) => spoken(items[at]?.title ?? 0)))
      expect(out.flatMap((at) => spoken(items[at]?.title ?? 0)).some((line) => known.has(line))).toBe(false)
    }
  }
})

test('keywords are asked of windows that hold one line and all of it, and of titles that share lines', () => {
  const { tables, soundtracks, lineOf } = corpus(6, 2)
  const items = itemsOf('keyword', tables, soundtracks)
  expect(items).toHaveLength(6 * 2 * languages.length * 2)
  expect(items.slice(0, 4).map(({ label }) => Number(label))).toEqual([
    lineOf(0, 0, 0),
    lineOf(0, 0, 1),
    lineOf(0, 1, 0),
    lineOf(0, 1, 1),
  ])
  for (const { train, test: out } of splitsOf('keyword', items)) {
    const groups = new Set([...train, ...out].map((at) => (items[at]?.title ?? 0) % lineGroups))
    expect(groups.size).toBe(1)
  }
})

test('a scene is the mean of its windows; what the vectors say is found, what they do not is not', () => {
  const { tables, soundtracks } = corpus(12, 3)
  expect(Array.from(itemsOf('scene', tables, soundtracks)[1]?.vector ?? [])).toEqual([0, 5.5, 0])
  const language = scoreTask('language', tables, soundtracks)
  expect(language.titles.every(({ right, items }) => right === items)).toBe(true)
  expect(language.chance).toBe(0.5)
  const scene = scoreTask('scene', tables, soundtracks)
  expect(scene.titles.reduce((sum, { right }) => sum + right, 0)).toBeLessThan(
    scene.titles.reduce((sum, { items }) => sum + items, 0),
  )
})

test('a soundtrack of no known title is refused', () => {
  const { tables } = corpus(3, 1)
  const stray = [{ file: 'other.mp4', language: 'en', windows: [] }]
  expect(() => itemsOf('language', tables, stray)).toThrow('other.mp4 is not in titles.csv')
})
