import { expect, test } from 'vitest'
import { variants } from '../../schema/variants'
import { groupsOf, paperPairs } from './columns'
import { columnOfTask, lvuTestClips, paperValues } from './paper-results'
import { dubSign, printedDifference, printedPercent } from './results-table'

test('the tables hold the 360 values that the paper prints, each a percentage of a known row and column', () => {
  expect(paperValues).toHaveLength(360)
  const columns = new Set(
    Object.values(groupsOf).flatMap((groups) => groups.flatMap(({ columns }) => columns.map(({ name }) => name))),
  )
  const names = new Set(variants.map(({ name }) => name))
  for (const { table, row, task, modality, benchmark, percent } of paperValues) {
    expect(columns.has(task), task).toBe(true)
    expect(percent, `${row} ${task}`).toBeGreaterThan(0)
    expect(percent, `${row} ${task}`).toBeLessThanOrEqual(100)
    expect(['audio', 'video']).toContain(modality)
    expect(['HEAR', 'LVU']).toContain(benchmark)
    expect(['table2', 'table2_caption', 'table3', 'table4']).toContain(table)
    if (table !== 'table3') expect(names.has(row), row).toBe(true)
  }
})

test('every column is found by the name of its task', () => {
  expect(columnOfTask.get('esc50')).toBe('ESC')
  expect(columnOfTask.get('way_speaking')).toBe('Speak')
  const names = Object.values(groupsOf).flatMap((groups) =>
    groups.flatMap(({ columns }) => columns.map(({ name }) => name)),
  )
  expect(new Set(columnOfTask.values())).toEqual(new Set(names))
})

test('every LVU percentage of Tables 2 and 4 is a whole number of the clips it is said to be of', () => {
  const own = paperValues.filter(
    ({ table, benchmark }) => benchmark === 'LVU' && (table === 'table2' || table === 'table4'),
  )
  expect(own).toHaveLength(154)
  for (const { task, percent } of own) {
    const n = lvuTestClips.get(task) ?? 0
    expect(Math.abs(percent - (100 * Math.round((percent * n) / 100)) / n), `${task} ${percent}`).toBeLessThan(0.0051)
  }
})

test('differences are those that the paper speaks of, and so are their signs', () => {
  const difference = (pair: readonly [string, string], column: string) =>
    printedDifference('audio', pair, column)?.toFixed(2)
  expect(
    ['ESC', 'LibCnt', 'VI', 'FSD', 'CREMA', 'Speech', 'VoxLng'].map((column) => difference(['A.4', 'A.3'], column)),
  ).toEqual(['1.05', '0.78', '1.18', '0.52', '-0.74', '-5.09', '-2.15'])
  expect(difference(['best C', 'best B'], 'LibCnt')).toBe('-0.26')
  expect(printedPercent('audio', 'best B', 'ESC')).toBe(85.6)
  expect(paperPairs).toHaveLength(9)
  const signs = groupsOf.audio.flatMap(({ columns }) =>
    columns.map((column) => [column.name, dubSign('audio', column)]),
  )
  expect(Object.fromEntries(signs)).toMatchObject({ LibCnt: '+', Speech: '−', VoxLng: '−', ESC: '±', GTZAN: '' })
})
