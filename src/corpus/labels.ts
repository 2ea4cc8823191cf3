/**
 * `labels.csv` (`file[,start,end],label...`, times in seconds of title time): what the probes predict. Whatever is wrong
 * with a row becomes a problem that names line and cause; the other rows count.
 */
import { readTable, type TableProblem, type TableRow } from './tables'

/** A labelled stretch of a title. Without `start,end` it is the whole title. */
export interface LabelledSegment {
  readonly startS: number
  readonly endS: number
  readonly labels: Readonly<Record<string, string>>
}

export interface ParsedLabels {
  /** By file name with extension, in the order of the rows. */
  readonly segments: ReadonlyMap<string, readonly LabelledSegment[]>
  readonly problems: readonly TableProblem[]
}

/**
 * Reads a table of labels. An empty label is no label; segments end where their title ends; a column `language` is not
 * read, because tracks say their language themselves.
 */
export function parseLabels(
  text: string,
  titles: readonly { readonly file: string; readonly durationS: number }[],
  name = 'labels.csv',
): ParsedLabels {
  const durations = new Map(titles.map(({ file, durationS }) => [file, durationS]))
  const table = readTable(text, name, ['file', 'start', 'end', 'language'], [...durations.keys()])
  const segments = new Map<string, LabelledSegment[]>()
  if (table.columns.includes('language'))
    table.report(1, 'column "language" is not read; the tracks of a clip say their language.')
  const labelColumns = table.columns.filter((column) => !['start', 'end', 'language'].includes(column))
  for (const row of table.rows) {
    const range = readRange(row, durations.get(row.file) ?? 0)
    if (typeof range === 'string') {
      table.report(row.line, range)
      continue
    }
    const labels = Object.fromEntries(
      labelColumns.map((column) => [column, row.cells.get(column) ?? '']).filter(([, label]) => label !== ''),
    )
    const list = segments.get(row.file) ?? []
    list.push({ ...range, labels })
    segments.set(row.file, list)
  }
  return { segments, problems: table.problems() }
}

/** Start and end of a row, or what is wrong with them. */
function readRange({ cells, file }: TableRow, durationS: number): { startS: number; endS: number } | string {
  const start = cells.get('start') ?? ''
  const end = cells.get('end') ?? ''
  if (start === '' && end === '') return { startS: 0, endS: durationS }
  if (start === '' || end === '') return 'start and end must be given both or not at all.'
  const startS = Number(start)
  const endS = Number(end)
  if (!Number.isFinite(startS) || startS < 0) return `start "${start}" is no time in seconds.`
  if (!Number.isFinite(endS) || endS <= startS) return `end "${end}" is no time in seconds after start ${start}.`
  if (startS >= durationS) return `start ${start} lies behind the end of ${file} (${durationS.toFixed(1)} s).`
  return { startS, endS: Math.min(endS, durationS) }
}

/**
 * Folders as classes, where no table says more: the folders beside each other that hold the titles become the labels of a
 * column `folder`. Nothing comes of a single folder, of titles beside folders, and of a folder with one title, which no
 * probe could learn and be asked about.
 * @param titles With the folders they were dropped in.
 */
export function folderLabels(
  titles: readonly { readonly path: string; readonly file: string; readonly durationS: number }[],
): ReadonlyMap<string, readonly LabelledSegment[]> {
  const foldersOf = titles.map(({ path }) => path.split('/').slice(0, -1))
  const [first = []] = foldersOf
  const forked = first.findIndex((folder, depth) => foldersOf.some((folders) => folders[depth] !== folder))
  const classes = foldersOf.map((folders) => folders[forked] ?? '')
  const counts = new Map<string, number>()
  for (const folder of classes) counts.set(folder, (counts.get(folder) ?? 0) + 1)
  if (counts.size < 2 || counts.has('') || [...counts.values()].some((count) => count < 2)) return new Map()
  return new Map(
    titles.map(({ file, durationS }, index) => [
      file,
      [{ startS: 0, endS: durationS, labels: { folder: classes[index] ?? '' } }],
    ]),
  )
}

/** Label columns with at least two values over all segments: one value overall leaves nothing to predict. */
export function labelTasks(segments: Iterable<LabelledSegment>): string[] {
  const values = new Map<string, Set<string>>()
  for (const { labels } of segments)
    for (const [column, label] of Object.entries(labels))
      values.set(column, (values.get(column) ?? new Set()).add(label))
  return [...values].filter(([, distinct]) => distinct.size > 1).map(([column]) => column)
}
