import { expect, test } from 'vitest'
import { parseCsv } from '../../formats/csv'
import type { ProbeTask } from '../../schema/probe-results'
import { exportTable } from './export-table'
import { pairedDifference, rightAnswers } from './paired-difference'
import { resultsTable } from './results-table'

const task = (name: string, value: number, extra: Partial<ProbeTask> = {}): ProbeTask => ({
  name,
  modality: 'audio',
  metric: 'top1_acc',
  value,
  std: 0.01,
  interval: [value - 0.02, value + 0.02],
  chance: 0.02,
  untrained: null,
  n: 2000,
  folds: 5,
  ...extra,
})
const runs = [
  {
    name: 'Probes & more_1',
    variant: 'A.4',
    instances: 18,
    tasks: [
      task('esc50', 0.5),
      task('scene', 0.9, { metric: 'accuracy', std: null }),
      task('director', 0.9, { metric: 'mAP', std: null }),
    ],
  },
  {
    name: 'Probes, b',
    variant: null,
    instances: null,
    tasks: [task('esc50', 0.4), task('relationship', 0.3, { n: 40, listed: 42, folds: 1 })],
  },
]

test('runs of the notebook stand above the paper’s variants and the systems of others, with the size of their data', () => {
  const { blocks } = resultsTable(runs, 'audio')
  expect(blocks.map(({ title, rows, printed }) => [title, rows.length, printed])).toEqual([
    ['This notebook', 2, false],
    ['Paper, Table 2, A', 4, true],
    ['Paper, Table 2, B', 5, true],
    ['Paper, Table 2, C', 2, true],
    ['Paper, Table 3: other systems, and best reported', 8, true],
  ])
  expect(blocks[0]?.rows.map(({ name, instances }) => [name, instances])).toEqual([
    ['Probes & more_1 (A.4)', 18],
    ['Probes, b', null],
  ])
  expect(blocks[1]?.rows.map(({ instances }) => instances)).toEqual([4.6e6, 4.6e6, 4.6e6, 4.6e6])
})

test('the best of each column in each block is told; of a column the paper does not have nothing is shown', () => {
  const { blocks } = resultsTable(runs, 'audio')
  expect(blocks[0]?.rows.map(({ values }) => values.get('ESC')?.best)).toEqual([true, false])
  expect(blocks[2]?.rows.filter(({ values }) => values.get('ESC')?.best).map(({ name }) => name)).toEqual(['B.3'])
  expect([...(blocks[0]?.rows[0]?.values.keys() ?? [])]).toEqual(['ESC'])
})

test('shares of few clips have wide intervals, the paper’s own ones too', () => {
  const { blocks } = resultsTable(runs, 'audio')
  const own = blocks[0]?.rows[1]?.values.get('Relation')
  expect(own).toMatchObject({ n: 40, listed: 42, std: null })
  const printed = blocks[1]?.rows[0]?.values.get('Relation')
  expect(printed?.n).toBe(41)
  expect((printed?.interval?.[1] ?? 0) - (printed?.interval?.[0] ?? 0)).toBeGreaterThan(25)
})

test('without a run of its own a table still holds what is printed', () => {
  const { blocks } = resultsTable([], 'video')
  expect(blocks.map(({ title }) => title)).not.toContain('This notebook')
  expect(blocks.at(-1)?.rows.map(({ name }) => name)).toContain('B.3 (V)')
})

test('a table leaves as CSV with every number, as Markdown and as LaTeX with the best in bold', () => {
  const table = resultsTable(runs, 'audio')
  const [head, ...lines] = parseCsv(exportTable(table, 'csv'))
  const numbers = table.blocks.flatMap(({ rows }) => rows.flatMap(({ values }) => [...values]))
  expect(lines).toHaveLength(numbers.length)
  expect(lines.every(({ fields }) => fields.length === head?.fields.length)).toBe(true)
  expect(exportTable(table, 'markdown')).toContain('| Probes & more_1 (A.4) | 18 | **50.00** |')
  const latex = exportTable(table, 'latex')
  expect(latex).toContain('Probes \\& more\\_1 (A.4) & 18 & \\textbf{50.00} &')
  const cells = latex.split('\n').filter((line) => line.startsWith('A.1 '))
  expect(cells[0]?.split(' & ')).toHaveLength(2 + 15)
})

test('which items are right is read from predictions; items of several labels are neither right nor wrong', () => {
  const right = rightAnswers('file,fold,truth,a,b\nx.wav,0,a,0.9,0.1\ny.wav,0,a,0.2,0.8\nz.wav,1,b,0.5,0.5\n')
  expect([...(right ?? [])]).toEqual([
    ['0\tx.wav', 1],
    ['0\ty.wav', 0],
    ['1\tz.wav', 0],
  ])
  const seeds = rightAnswers('file,fold,truth,a,b\nx,seed 0,a,0.9,0.1\nx,seed 1,a,0.2,0.8\n')
  expect([...(seeds ?? [])]).toEqual([['x', 0.5]])
  expect(rightAnswers('file,fold,truth,a,b\nx.wav,0,a|b,0.9,0.1\n')).toBeNull()
})

test('a paired difference counts the items that both have, and its interval is that of their differences', () => {
  const answers = (rightOnes: (i: number) => boolean, n = 400) =>
    new Map(Array.from({ length: n }, (_, i) => [`item ${i}`, Number(rightOnes(i))]))
  const same = pairedDifference(
    answers((i) => i % 3 === 0),
    answers((i) => i % 3 === 0),
    1,
  )
  expect(same).toEqual({ difference: 0, interval: [0, 0], n: 400 })
  const better = pairedDifference(
    answers((i) => i % 2 === 0 || i % 10 === 1),
    answers((i) => i % 2 === 0, 300),
    1,
  )
  expect(better?.n).toBe(300)
  expect(better?.difference).toBeCloseTo(0.1, 12)
  // The deviation of the mean of 300 differences that are 1 with a chance of 0.1.
  const deviation = Math.sqrt((0.1 * 0.9) / 300)
  expect(better?.interval[0]).toBeCloseTo(0.1 - 1.96 * deviation, 2)
  expect(better?.interval[1]).toBeCloseTo(0.1 + 1.96 * deviation, 2)
  expect(
    pairedDifference(
      answers(() => true, 0),
      answers(() => true),
      1,
    ),
  ).toBeNull()
})
