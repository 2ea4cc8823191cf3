/** The results table as text: CSV for tools, Markdown for notes, LaTeX for papers. */
import { writeCsv } from '../../formats/csv'
import type { ResultsTable, ResultValue } from './results-table'

export type TableFormat = 'csv' | 'markdown' | 'latex'

/** `4.6 M`; empty where it is not known. */
export const shownInstances = (instances: number | null): string => {
  if (instances === null) return ''
  return instances >= 1e6 ? `${(instances / 1e6).toFixed(1)} M` : String(instances)
}

const columnsOf = ({ groups }: ResultsTable) => groups.flatMap(({ columns }) => columns)
const rowsOf = ({ blocks }: ResultsTable) => blocks.flatMap(({ title, rows }) => rows.map((row) => ({ title, row })))
const percent = (value: ResultValue | undefined): string => (value ? value.percent.toFixed(2) : '')

export function exportTable(table: ResultsTable, format: TableFormat): string {
  switch (format) {
    case 'csv':
      return asCsv(table)
    case 'markdown':
      return asMarkdown(table)
    case 'latex':
      return asLatex(table)
  }
}

/** Long: a line per number, with all that is known of it. */
function asCsv(table: ResultsTable): string {
  const head = ['block', 'row', 'pretraining_instances', 'modality', 'group', 'task', 'metric']
  const numbers = ['value_percent', 'std_percent', 'low_percent', 'high_percent', 'chance_percent', 'n', 'listed']
  const lines = rowsOf(table).flatMap(({ title, row }) =>
    table.groups.flatMap((group) =>
      group.columns.flatMap(({ name, metric }) => {
        const value = row.values.get(name)
        if (!value) return []
        const { interval, std, chance, n, listed } = value
        return [
          [
            ...[title, row.name, row.instances ?? '', table.modality, group.name, name, metric],
            ...[
              value.percent,
              std ?? '',
              interval?.[0] ?? '',
              interval?.[1] ?? '',
              chance ?? '',
              n ?? '',
              listed ?? '',
            ],
          ],
        ]
      }),
    ),
  )
  return writeCsv([[...head, ...numbers], ...lines])
}

function asMarkdown(table: ResultsTable): string {
  const safe = (text: string) => text.replaceAll('|', '\\|')
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const columns = columnsOf(table)
  return `${[
    line(['Run', 'Pretraining', ...columns.map(({ name, metric }) => (metric === 'mAP' ? `${name} (mAP)` : name))]),
    line(['---', '---:', ...columns.map(() => '---:')]),
    ...rowsOf(table).map(({ row }) =>
      line([
        safe(row.name),
        shownInstances(row.instances),
        ...columns.map(({ name }) => {
          const value = row.values.get(name)
          return value?.best ? `**${percent(value)}**` : percent(value)
        }),
      ]),
    ),
  ].join('\n')}\n`
}

const special: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
}

/** Needs the package booktabs. */
function asLatex(table: ResultsTable): string {
  const text = (raw: string) => raw.replace(/[\\~^&%$#_{}]/g, (sign) => special[sign] ?? `\\${sign}`)
  const columns = columnsOf(table)
  const lines: string[] = [
    `\\begin{tabular}{lr${table.groups.map(({ columns }) => 'r'.repeat(columns.length)).join('')}}`,
    '\\toprule',
    ` & & ${table.groups.map(({ name, columns }) => `\\multicolumn{${columns.length}}{c}{${text(name)}}`).join(' & ')} \\\\`,
    `Run & Pretraining & ${columns.map(({ name, metric }) => (metric === 'mAP' ? `${name} (mAP)` : name)).join(' & ')} \\\\`,
  ]
  for (const { rows } of table.blocks) {
    lines.push('\\midrule')
    for (const row of rows) {
      const cells = columns.map(({ name }) => {
        const value = row.values.get(name)
        return value?.best ? `\\textbf{${percent(value)}}` : percent(value)
      })
      lines.push(`${[text(row.name), text(shownInstances(row.instances)), ...cells].join(' & ')} \\\\`)
    }
  }
  return `${[...lines, '\\bottomrule', '\\end{tabular}'].join('\n')}\n`
}
