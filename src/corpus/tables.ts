/** What `labels.csv` and `titles.csv` have in common: a header, a `file` column, and rows that may be wrong one by one. */
import { parseCsv } from '../formats/csv'

/** Something wrong with a table; the rest of it counts. */
export interface TableProblem {
  readonly file: string
  readonly message: string
}

export interface TableRow {
  readonly line: number
  /** The title the row is about, as the caller calls it. */
  readonly file: string
  /** Trimmed texts by column, `file` left out. */
  readonly cells: ReadonlyMap<string, string>
}

export interface Table {
  /** Columns as written, but `file`, `start` and the like in lower case. */
  readonly columns: readonly string[]
  readonly rows: readonly TableRow[]
  /** Reports a wrong row. */
  readonly report: (line: number, cause: string) => void
  /** What was reported so far, by line; beyond twenty they are only counted. */
  readonly problems: () => readonly TableProblem[]
}

const maxProblems = 20

/**
 * Reads a table whose rows name files, with or without extension.
 * @param reserved columns that are matched in any case.
 * @param files names or paths, with extension, of the titles there are.
 */
export function readTable(text: string, name: string, reserved: readonly string[], files: readonly string[]): Table {
  const found: { line: number; message: string }[] = []
  const report = (line: number, cause: string) => found.push({ line, message: `Line ${line}: ${cause}` })
  const problems = () => {
    const sorted = found.toSorted((a, b) => a.line - b.line)
    const shown = sorted.slice(0, maxProblems).map(({ message }) => ({ file: name, message }))
    const more = found.length - shown.length
    return more > 0 ? [...shown, { file: name, message: `${more} more rows are wrong.` }] : shown
  }
  const empty = { columns: [], rows: [], report, problems }

  let parsed: ReturnType<typeof parseCsv>
  try {
    parsed = parseCsv(text)
  } catch (error) {
    found.push({ line: 0, message: error instanceof Error ? error.message : String(error) })
    return empty
  }
  const [header, ...body] = parsed
  if (!header) {
    found.push({ line: 0, message: 'The table is empty; its first line must name the columns, "file" among them.' })
    return empty
  }
  const columns = header.fields.map((field) => {
    const column = field.trim()
    return reserved.includes(column.toLowerCase()) ? column.toLowerCase() : column
  })
  const wrong = headerProblem(columns)
  if (wrong) {
    report(header.line, wrong)
    return empty
  }
  const find = fileFinder(files)
  const rows: TableRow[] = []
  for (const { line, fields } of body) {
    if (fields.length !== columns.length) {
      report(line, `has ${fields.length} fields, the header names ${columns.length}.`)
      continue
    }
    const cells = new Map(columns.map((column, index) => [column, (fields[index] ?? '').trim()]))
    const given = cells.get('file') ?? ''
    cells.delete('file')
    const [file, another] = find(given)
    if (file === undefined) report(line, `no usable clip is called "${given}".`)
    else if (another !== undefined) report(line, `"${given}" may be ${file} or ${another}; write the extension.`)
    else rows.push({ line, file, cells })
  }
  return { columns: columns.filter((column) => column !== 'file'), rows, report, problems }
}

function headerProblem(columns: readonly string[]): string | null {
  if (!columns.includes('file')) return `no column is called "file"; there are: ${columns.join(', ')}.`
  if (columns.includes('')) return 'a column has no name.'
  const twice = columns.find((column, index) => columns.indexOf(column) !== index)
  return twice === undefined ? null : `two columns are called "${twice}".`
}

const baseName = (path: string) => path.slice(path.lastIndexOf('/') + 1)
const withoutExtension = (path: string) => path.replace(/\.[^./]+$/, '')
/** Ways to call a file, the strictest first: what one of them finds is not sought with the next. */
const ways = [(path: string) => path, baseName, withoutExtension, (path: string) => withoutExtension(baseName(path))]

/** Finds the files that a name may mean. File systems differ in how they compose accents, so both sides are composed. */
function fileFinder(files: readonly string[]): (name: string) => readonly string[] {
  const indices = ways.map((way) => {
    const byName = new Map<string, string[]>()
    for (const file of files) {
      const name = way(file.normalize())
      byName.set(name, [...(byName.get(name) ?? []), file])
    }
    return byName
  })
  return (name) => indices.map((index) => index.get(name.normalize())).find((found) => found !== undefined) ?? []
}
