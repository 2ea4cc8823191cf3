import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cutSnippets } from './snippets'

test.each([
  [
    30,
    10,
    [
      [0, 10],
      [10, 20],
      [20, 30],
    ],
  ],
  [
    32.9,
    10,
    [
      [0, 10],
      [10, 20],
      [20, 30],
    ],
  ],
  [
    33,
    10,
    [
      [0, 10],
      [10, 20],
      [20, 30],
      [30, 33],
    ],
  ],
  [
    29.96,
    10,
    [
      [0, 10],
      [10, 20],
      [20, 29.96],
    ],
  ],
  [7, 10, [[0, 7]]],
  [1.5, 10, [[0, 1.5]]],
  [10, 10, [[0, 10]]],
  [0, 10, []],
] as const)('a title of %d s in snippets of %d s', (durationS, snippetS, expected) => {
  expect(cutSnippets(durationS, snippetS).map(({ startS, endS }) => [startS, endS])).toEqual(expected)
})

test('snippets follow each other without overlap and leave less than 3 s of a title', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.01, max: 20_000, noNaN: true }),
      fc.double({ min: 3, max: 600, noNaN: true }),
      (durationS, snippetS) => {
        const snippets = cutSnippets(durationS, snippetS)
        let end = 0
        for (const { startS, endS } of snippets) {
          expect(startS).toBeCloseTo(end, 6)
          expect(endS - startS).toBeLessThanOrEqual(snippetS + 1e-6)
          if (snippets.length > 1) expect(endS - startS).toBeGreaterThanOrEqual(3 - 2e-6)
          end = endS
        }
        expect(durationS - end).toBeLessThan(3)
        expect(end).toBeLessThanOrEqual(durationS)
      },
    ),
  )
})

test('a snippet too short for a view is refused', () => {
  expect(() => cutSnippets(30, 2)).toThrow(/2 s holds no view of 3 s/)
})
