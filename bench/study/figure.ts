/** Accuracies of all rows with their intervals, a panel per task, as SVG. */
import { logMels } from './design'
import type { TaskResult } from './results'

const size = { panel: 250, label: 112, row: 20, top: 34, bottom: 34, right: 22 } as const

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

function panel({ task, chance, rows }: TaskResult, offset: number): string {
  const inner = size.panel - size.label - size.right
  const x = (share: number) => (size.label + share * inner).toFixed(1)
  const y = (row: number) => size.top + (row + 0.5) * size.row
  const bottom = size.top + rows.length * size.row
  return [
    `<g transform="translate(${offset} 0)">`,
    `<text class="title" x="${size.label}" y="16">${task}</text>`,
    `<path class="chance" d="M${x(chance)} ${size.top}V${bottom}"/>`,
    `<path class="axis" d="M${x(0)} ${bottom}H${x(1)}"/>`,
    ...[0, 0.5, 1].map((tick) => `<text class="tick" x="${x(tick)}" y="${bottom + 14}">${100 * tick} %</text>`),
    ...rows.flatMap(({ name, estimate: { value, interval } }, row) => [
      `<text class="row" x="${size.label - 8}" y="${y(row) + 4}">${escaped(name)}</text>`,
      `<path class="interval" d="M${x(interval[0])} ${y(row)}H${x(interval[1])}"/>`,
      `<circle class="${name === logMels ? 'other' : 'ours'}" cx="${x(value)}" cy="${y(row)}" r="3.5"/>`,
    ]),
    '</g>',
  ].join('\n')
}

/** Readable on light and on dark pages: it brings its own background. */
export function figure(results: readonly TaskResult[]): string {
  const width = Math.max(1, results.length) * size.panel
  const height = size.top + (results[0]?.rows.length ?? 0) * size.row + size.bottom
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    '<title>Accuracy with 95 % intervals; dashed: the largest class</title>',
    '<style>text{font:11px sans-serif;fill:#333}.title{font-weight:600}.row{text-anchor:end}.tick{text-anchor:middle}',
    '.axis{stroke:#888;fill:none}.chance{stroke:#888;stroke-dasharray:3 3;fill:none}',
    '.interval{stroke:#2b6cb0;stroke-width:2;fill:none}.ours{fill:#2b6cb0}.other{fill:#d9822b}</style>',
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...results.map((result, index) => panel(result, index * size.panel)),
    '</svg>\n',
  ].join('\n')
}
