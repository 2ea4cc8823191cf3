/**
 * The results table: runs of this notebook as rows, above the paper's variants and, for comparison, the systems of others
 * (`spec/evaluation.md` section 4).
 */
import { wilsonInterval } from '../../schema/intervals'
import type { ProbeTask } from '../../schema/probe-results'
import { variants } from '../../schema/variants'
import { type ColumnGroup, groupsOf, type ResultColumn } from './columns'
import { columnOfTask, lvuTestClips, paperValues } from './paper-results'

export type TableModality = 'audio' | 'video'

/** Values are percent. */
export interface ResultValue {
  readonly percent: number
  /** 95 %, percent; null where the metric is no share of items. */
  readonly interval: readonly [low: number, high: number] | null
  /** Items tested; null where the paper does not tell. */
  readonly n: number | null
  /** Items that the benchmark lists. */
  readonly listed: number | null
  /** Sample deviation over folds, percent. */
  readonly std: number | null
  readonly chance: number | null
  /** Best of its column in its block. */
  readonly best: boolean
}

export interface ResultRow {
  readonly name: string
  /** Snippets that it was pretrained on; null where that is not known. */
  readonly instances: number | null
  /** By name of the column. */
  readonly values: ReadonlyMap<string, ResultValue>
}

export interface ResultBlock {
  readonly title: string
  /** Printed numbers of others, shown in grey. */
  readonly printed: boolean
  readonly rows: readonly ResultRow[]
}

export interface ResultsTable {
  readonly modality: TableModality
  readonly groups: readonly ColumnGroup[]
  readonly blocks: readonly ResultBlock[]
}

/** One probe cell of this notebook. */
export interface OwnRun {
  readonly name: string
  /** The paper's variant that its weights are of; null for a run of one's own. */
  readonly variant: string | null
  readonly instances: number | null
  readonly tasks: readonly ProbeTask[]
}

/**
 * Column of a task by the name it has in the benchmark's files; nothing for one that the paper does not use. Linear probes on
 * the corpus score all items together and have no deviation: a label column `scene` is not LVU's task.
 */
export const columnOf = ({ name, std }: ProbeTask): string | undefined =>
  std === null ? undefined : columnOfTask.get(name)

/** Whether a run has a number for the table. */
export const hasPaperTasks = ({ tasks }: OwnRun, modality: TableModality): boolean =>
  tasks.some((task) => task.modality === modality && columnOf(task) !== undefined)

export function resultsTable(runs: readonly OwnRun[], modality: TableModality): ResultsTable {
  const table = modality === 'audio' ? 'table2' : 'table4'
  const variantRows = (group: string) =>
    variants
      .filter(({ name }) => name.startsWith(group))
      .map(({ name, instancesMillions }) =>
        printedRow(name, [table, `${table}_caption`], instancesMillions * 1e6, modality),
      )
  const others = [
    ...new Set(
      paperValues.filter((value) => value.table === 'table3' && value.modality === modality).map(({ row }) => row),
    ),
  ]
  const title = modality === 'audio' ? 'Table 2' : 'Table 4'
  const blocks: ResultBlock[] = [
    {
      title: 'This notebook',
      printed: false,
      rows: runs.filter((run) => hasPaperTasks(run, modality)).map((run) => ownRow(run, modality)),
    },
    ...['A', 'B', 'C'].map((group) => ({
      title: `Paper, ${title}, ${group}`,
      printed: true,
      rows: variantRows(group),
    })),
    {
      title: 'Paper, Table 3: other systems, and best reported',
      printed: true,
      rows: others.map((name) => printedRow(name, ['table3'], instancesOf(name), modality)),
    },
  ]
  return { modality, groups: groupsOf[modality], blocks: blocks.filter(({ rows }) => rows.length > 0).map(withBest) }
}

/** `B.3 (A)` of Table 3 is the variant B.3. */
const instancesOf = (system: string): number | null => {
  const variant = variants.find(({ name }) => system.startsWith(`${name} `))
  return variant ? variant.instancesMillions * 1e6 : null
}

function ownRow({ name, variant, instances, tasks }: OwnRun, modality: TableModality): ResultRow {
  const values = new Map<string, ResultValue>()
  for (const task of tasks) {
    const column = columnOf(task)
    if (task.modality !== modality || column === undefined) continue
    values.set(column, {
      percent: 100 * task.value,
      interval: task.interval && [100 * task.interval[0], 100 * task.interval[1]],
      n: task.n,
      listed: task.listed ?? null,
      std: task.std === null || task.folds < 2 ? null : 100 * task.std,
      chance: 100 * task.chance,
      best: false,
    })
  }
  return { name: variant ? `${name} (${variant})` : name, instances, values }
}

function printedRow(
  row: string,
  tables: readonly string[],
  instances: number | null,
  modality: TableModality,
): ResultRow {
  const own = paperValues.filter(
    (value) => value.row === row && tables.includes(value.table) && value.modality === modality,
  )
  const values = own.map(({ task, benchmark, percent }): [string, ResultValue] => {
    // What others were tested on is not known: Table 3's rows beside Table 4's differ.
    const n = benchmark === 'LVU' && !tables.includes('table3') ? (lvuTestClips.get(task) ?? null) : null
    const interval = n === null ? null : wilsonInterval(percent / 100, n)
    return [
      task,
      {
        percent,
        interval: interval && [100 * interval[0], 100 * interval[1]],
        n,
        listed: null,
        std: null,
        chance: null,
        best: false,
      },
    ]
  })
  return { name: row, instances, values: new Map(values) }
}

function withBest(block: ResultBlock): ResultBlock {
  const best = new Map<string, number>()
  for (const { values } of block.rows)
    for (const [column, { percent }] of values) best.set(column, Math.max(percent, best.get(column) ?? 0))
  // The best of one row alone says nothing.
  if (block.rows.length < 2) return block
  return {
    ...block,
    rows: block.rows.map((row) => ({
      ...row,
      values: new Map(
        [...row.values].map(([column, value]) => [column, { ...value, best: value.percent === best.get(column) }]),
      ),
    })),
  }
}

/** A printed number of a variant; `best B` and `best C` are the best of their group. */
export function printedPercent(modality: TableModality, row: string, column: string): number | undefined {
  const table = modality === 'audio' ? 'table2' : 'table4'
  const [, group] = /^best (.)$/.exec(row) ?? []
  const found = paperValues.filter(
    (value) =>
      value.table === table &&
      value.modality === modality &&
      value.task === column &&
      (group === undefined ? value.row === row : value.row.startsWith(group)),
  )
  return found.length > 0 ? Math.max(...found.map(({ percent }) => percent)) : undefined
}

/** What the later variant of a pair has more than the earlier one, in points of percent, as printed. */
export function printedDifference(
  modality: TableModality,
  [later, earlier]: readonly [string, string],
  column: string,
): number | undefined {
  const [a, b] = [printedPercent(modality, later, column), printedPercent(modality, earlier, column)]
  return a === undefined || b === undefined ? undefined : a - b
}

/**
 * What dub augmentation does to a column in both of the paper's comparisons of equal initial weights (A.4 - A.3, B.4 - B.3):
 * up, down, or one of each.
 */
export function dubSign(modality: TableModality, { name }: ResultColumn): '+' | '−' | '±' | '' {
  const a = printedDifference(modality, ['A.4', 'A.3'], name)
  const b = printedDifference(modality, ['B.4', 'B.3'], name)
  if (a === undefined || b === undefined) return ''
  if (a > 0 && b > 0) return '+'
  return a < 0 && b < 0 ? '−' : '±'
}
