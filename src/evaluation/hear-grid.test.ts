import { expect, test } from 'vitest'
import { parseCsv } from '../formats/csv'
import published from './fixtures/hear_default_grid.csv?raw'
import { probeGrid, splitsOfFolds } from './hear-grid'
import { bestOf } from './hear-run'

test('the default grid is the published one, in its order', () => {
  const [header, ...rows] = parseCsv(published)
  const at = (name: string) => header?.fields.indexOf(name) ?? -1
  const listed = rows.map(({ fields }) => ({
    hiddenLayers: Number(fields[at('hidden_layers')]),
    learningRate: Number(fields[at('lr')]),
    initialisation: fields[at('initialization')]?.replace('xavier_', ''),
  }))
  expect(probeGrid('default')).toEqual(listed)
  expect(probeGrid('quick')).toEqual([listed[1], listed[2], listed[4]])
  expect(probeGrid('full').slice(0, 8)).toEqual(listed)
  expect(new Set(probeGrid('full').map((point) => JSON.stringify(point))).size).toBe(16)
})

test.each([3, 5, 10])('with %d folds, split i tests on fold i, validates on the next and trains on the rest', (k) => {
  const names = Array.from({ length: k }, (_, index) => `fold${String(index).padStart(2, '0')}`)
  const splits = splitsOfFolds(names.toReversed())
  expect(splits.map(({ test: held }) => held)).toEqual(names)
  splits.forEach(({ train, valid, test: held }, index) => {
    expect(valid).toBe(names[(index + 1) % k])
    expect([...train, valid, held].sort()).toEqual(names)
    expect(train[0]).toBe(names[(index + 2) % k])
  })
})

test('two folds are too few', () => {
  expect(() => splitsOfFolds(['fold00', 'fold01'])).toThrow('at least 3, not 2')
})

test('the first of the best points is chosen, never one whose score is no number while another has one', () => {
  const chosen = (selections: readonly number[]) => bestOf(selections.map((selection) => ({ selection })))
  expect(chosen([0.5, 0.75, 0.75])).toBe(1)
  expect(chosen([Number.NaN, -2, -1])).toBe(2)
  expect(chosen([Number.NaN, Number.NaN])).toBe(0)
})
