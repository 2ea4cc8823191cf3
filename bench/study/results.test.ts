import { expect, test } from 'vitest'
import { logMels, type TaskName, untrained } from './design'
import { figure } from './figure'
import { report } from './report'
import { fitnessOf, resultsOf, signatureResults, type TaskResult, verdictOf } from './results'
import { scales, studies } from './study'

const task = (trained: readonly [number, number, number], blank: number): TaskResult => ({
  task: 'scene',
  chance: 0.25,
  items: 100,
  titles: 10,
  differences: [],
  rows: [
    { name: 'A.1', estimate: { value: trained[0], interval: [trained[1], trained[2]] } },
    { name: untrained, estimate: { value: blank, interval: [blank, blank] } },
  ],
})

test('a task is fit when A.1 is above chance with its whole interval and untrained weights are not at the ceiling', () => {
  expect(fitnessOf(task([0.6, 0.5, 0.7], 0.4), 'A.1')).toBe('fit')
  expect(fitnessOf(task([0.3, 0.2, 0.4], 0.3), 'A.1')).toBe('not above chance')
  expect(fitnessOf(task([1, 1, 1], 0.99), 'A.1')).toBe('at the ceiling')
})

test('an interval that holds zero decides nothing', () => {
  expect(verdictOf({ value: 0.1, interval: [-0.1, 0.2] }, 'up')).toBe('undecided')
  expect(verdictOf({ value: 0.1, interval: [0.05, 0.2] }, 'up')).toBe('as in the paper')
  expect(verdictOf({ value: 0.1, interval: [0.05, 0.2] }, 'down')).toBe('against the paper')
  expect(verdictOf({ value: -0.1, interval: [-0.2, -0.05] }, 'down')).toBe('as in the paper')
})

/** Two seeds of six titles; A.4 hears more speakers and fewer words than A.3. */
function scores() {
  const tasks: readonly TaskName[] = ['speakers', 'keyword']
  const of = (row: string, name: TaskName) => {
    const shift = row === 'A.4' ? (name === 'speakers' ? 8 : -8) : 0
    return [0, 1].map((seed) => ({
      chance: 0.25,
      titles: [...Array(6).keys()].map((title) => ({ title, items: 40, right: 20 + shift + ((title + seed) % 2) })),
    }))
  }
  const names = [...studies.variants.runs.map(({ name }) => name), logMels]
  return {
    tasks,
    scores: new Map(names.map((row) => [row, new Map(tasks.map((name) => [name, of(row, name)]))])),
  }
}

test('the page says what was found of the signature, in tables that agree with the figure', () => {
  const made = scores()
  const results = resultsOf(studies.variants, made.tasks, made.scores)
  expect(signatureResults(results).map(({ task: name, verdict }) => [name, verdict])).toEqual([
    ['speakers', 'as in the paper'],
    ['keyword', 'as in the paper'],
  ])
  const page = report({
    study: studies.variants,
    scale: scales.full,
    command: 'npm run study',
    results,
    trainings: [],
    leftOut: ['**Left out before the runs: scene**'],
    seeds: [1, 2],
    machine: 'a test',
    figureFile: 'study.svg',
  })
  expect(page.replace(/ +/g, ' ')).toContain(
    '| speakers | up | +0.78 (LibCnt, Table 2) | +20.0 [+20.0, +20.0] | as in the paper |',
  )
  expect(page.replace(/ +/g, ' ')).toContain(
    '| keyword | down | −5.09 (Speech, Table 2) | −20.0 [−20.0, −20.0] | as in the paper |',
  )
  expect(page).toContain('**Left out before the runs: scene**')
  expect(page).toContain('A.1 is better than untrained weights with the whole interval on no task.')
  expect(page).not.toContain('is not above the largest class')
  expect(page).toContain('Of 2 directions, 2 came out as in the paper')
  const document = new DOMParser().parseFromString(figure(results), 'image/svg+xml')
  expect(document.querySelector('parsererror')).toBeNull()
  expect(document.querySelectorAll('circle')).toHaveLength(2 * 6)
})

test('a row without scores is named', () => {
  const made = scores()
  made.scores.delete('A.2')
  expect(() => resultsOf(studies.variants, made.tasks, made.scores)).toThrow('no scores of A.2 for speakers')
})
