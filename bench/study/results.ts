/** From scores of all rows to what a study says: estimates, differences, and what became of the paper's signature. */
import { type DifferenceEstimate, difference, type Estimate, estimate, type Scores } from './bootstrap'
import { logMels, type Study, signature, type TaskName, untrained } from './design'

/** Scores by row, then task; of mean log-mels one seed. */
export type ScoresByRow = ReadonlyMap<string, ReadonlyMap<TaskName, Scores>>

export interface TaskRow {
  readonly name: string
  readonly estimate: Estimate
}

export interface TaskDifference {
  readonly minuend: string
  readonly subtrahend: string
  readonly estimate: DifferenceEstimate
}

export interface TaskResult {
  readonly task: TaskName
  readonly chance: number
  readonly items: number
  readonly titles: number
  readonly rows: readonly TaskRow[]
  readonly differences: readonly TaskDifference[]
}

/** @throws when a row lacks a task. */
export function resultsOf(study: Study, tasks: readonly TaskName[], scores: ScoresByRow): TaskResult[] {
  const scoresOf = (row: string, task: TaskName): Scores => {
    const found = scores.get(row)?.get(task)
    if (!found) throw new Error(`There are no scores of ${row} for ${task}.`)
    return found
  }
  const names = [...study.runs.map(({ name }) => name), logMels]
  return tasks.map((task) => {
    const [first] = scoresOf(names[0] ?? '', task)
    return {
      task,
      chance: first?.chance ?? 0,
      items: first?.titles.reduce((sum, { items }) => sum + items, 0) ?? 0,
      titles: first?.titles.length ?? 0,
      rows: names.map((name) => ({ name, estimate: estimate(scoresOf(name, task)) })),
      differences: study.differences.map(([minuend, subtrahend]) => ({
        minuend,
        subtrahend,
        estimate: difference(scoresOf(minuend, task), scoresOf(subtrahend, task)),
      })),
    }
  })
}

export type Fitness = 'fit' | 'at the ceiling' | 'not above chance'

/** From this accuracy of untrained weights on, there is nothing left for training to add. */
const ceiling = 0.97

/** Whether a task can tell runs apart, by the rule that is applied to the pilot and by nothing that comes after it. */
export function fitnessOf({ rows, chance }: TaskResult, trained: string): Fitness {
  const of = (name: string) => rows.find((row) => row.name === name)?.estimate
  if ((of(untrained)?.value ?? 0) >= ceiling) return 'at the ceiling'
  return (of(trained)?.interval[0] ?? 0) > chance ? 'fit' : 'not above chance'
}

/** What an interval says of a direction that was expected. */
export function verdictOf({ interval: [low, high] }: Estimate, direction: 'up' | 'down'): string {
  if (low <= 0 && high >= 0) return 'undecided'
  return low > 0 === (direction === 'up') ? 'as in the paper' : 'against the paper'
}

/** The signature beside what was measured, for the tasks that were kept. */
export const signatureResults = (results: readonly TaskResult[]) =>
  signature.flatMap((expected) => {
    const measured = results
      .find(({ task }) => task === expected.task)
      ?.differences.find(({ minuend, subtrahend }) => minuend === 'A.4' && subtrahend === 'A.3')
    return measured
      ? [{ ...expected, measured: measured.estimate, verdict: verdictOf(measured.estimate, expected.direction) }]
      : []
  })
