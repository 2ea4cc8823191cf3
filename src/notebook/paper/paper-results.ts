/**
 * The numbers that the paper prints (Tables 2 to 4), read from the tables themselves: its eleven variants, and the systems of
 * others. Loaded with the results table, not with the page.
 */
import { parseCsv } from '../../formats/csv'
import results from './all_results_long.csv?raw'
import hearTasks from './hear_tasks.csv?raw'
import lvuTasks from './lvu_tasks.csv?raw'

export interface PaperValue {
  readonly table: 'table2' | 'table2_caption' | 'table3' | 'table4'
  /** A variant, `A.1` to `C.2`, or a system of others as Table 3 calls it. */
  readonly row: string
  readonly modality: 'audio' | 'video'
  readonly benchmark: 'HEAR' | 'LVU'
  /** Column of the paper. */
  readonly task: string
  /** In percent. */
  readonly percent: number
}

const rowsOf = (table: string): readonly Readonly<Record<string, string>>[] => {
  const [head, ...rows] = parseCsv(table)
  return rows.map(({ fields }) =>
    Object.fromEntries((head?.fields ?? []).map((name, column) => [name, fields[column] ?? ''])),
  )
}

/** All 360 values. */
export const paperValues: readonly PaperValue[] = rowsOf(results).map((row) => ({
  // The file is part of the source, and a test reads every row of it.
  table: row.table as PaperValue['table'],
  row: row.row ?? '',
  modality: row.modality as PaperValue['modality'],
  benchmark: row.benchmark as PaperValue['benchmark'],
  task: row.task ?? '',
  percent: Number(row.value_percent),
}))

/** Column of the paper by the name of the benchmark's task. */
export const columnOfTask: ReadonlyMap<string, string> = new Map([
  ...rowsOf(hearTasks).map(({ hear_task_name = '', paper_column = '' }) => [hear_task_name, paper_column] as const),
  ...rowsOf(lvuTasks).map(({ folder = '', paper_column = '' }) => [folder, paper_column] as const),
])

/** Clips that the paper's LVU percentages are shares of, by column: those that the authors could still obtain. */
export const lvuTestClips: ReadonlyMap<string, number> = new Map(
  rowsOf(lvuTasks).map(({ paper_column = '', test_implied_by_paper_tables = '' }) => [
    paper_column,
    Number(test_implied_by_paper_tables),
  ]),
)
