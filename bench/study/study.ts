/** What `scripts/study.mjs` uses of the study; it loads this module through Vite. */
import type { Scores } from './bootstrap'
import { logMels, type Run, type Scale, type Study, type TaskName } from './design'
import { fitnessOf, resultsOf, type ScoresByRow, type TaskResult } from './results'
import { scoreTask } from './score'
import { readSoundtracks, type Soundtrack } from './soundtracks'
import type { Tables } from './tasks'

export { lineGroups, notebookOf, scales, sceneS, studies, untrained } from './design'
export { figure } from './figure'
export { report } from './report'
export { logMelWindows } from './soundtracks'
export { readTables } from './tasks'

export const allTasks: readonly TaskName[] = ['scene', 'speakers', 'keyword', 'language']

/** What a pilot found of one task: kept in `bench/study/pilot.json`, which the study reads. */
export interface PilotTask {
  readonly task: TaskName
  readonly fitness: ReturnType<typeof fitnessOf>
  readonly chance: number
  readonly trained: { readonly value: number; readonly low: number; readonly high: number }
  readonly untrained: number
}

/** Where the files of one run lie. */
export interface Exported {
  readonly run: Run
  readonly seed: number
  /** Its `embeddings-windows.zip`. */
  readonly windows: Blob
}

/** Probes everything. */
export async function evaluate(
  study: Study,
  { corpus, seeds }: Scale,
  tasks: readonly TaskName[],
  tables: Tables,
  exported: readonly Exported[],
  logMelTracks: readonly Soundtrack[],
  tell: (message: string) => void,
): Promise<TaskResult[]> {
  const rows = new Map<string, Map<TaskName, Scores>>()
  const add = (row: string, soundtracks: readonly Soundtrack[]) => {
    tell(`Probing ${row}`)
    const own = rows.get(row) ?? new Map<TaskName, Scores>()
    rows.set(row, own)
    for (const task of tasks) own.set(task, [...(own.get(task) ?? []), scoreTask(task, tables, soundtracks)])
  }
  for (const { name } of study.runs)
    for (const seed of seeds)
      for (const one of exported)
        if (one.run.name === name && one.seed === seed) add(name, await readSoundtracks(one.windows, corpus.languages))
  add(logMels, logMelTracks)
  tell('Drawing intervals')
  const all: ScoresByRow = rows
  return resultsOf(study, tasks, all)
}

/** Which tasks can tell runs apart, and which cannot and why. */
export const pilotOf = (results: readonly TaskResult[], trained: string, blank: string): PilotTask[] =>
  results.map((result) => {
    const of = (name: string) => result.rows.find((row) => row.name === name)?.estimate
    const { value = 0, interval: [low, high] = [0, 0] } = of(trained) ?? {}
    return {
      task: result.task,
      fitness: fitnessOf(result, trained),
      chance: result.chance,
      trained: { value, low, high },
      untrained: of(blank)?.value ?? 0,
    }
  })
