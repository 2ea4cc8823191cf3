/** A row of small plots as SVG: points and the straight line that fits them best, both axes from zero. */

export interface PlotPoint {
  readonly x: number
  readonly y: number
}

export interface Panel {
  readonly title: string
  readonly xLabel: string
  readonly yLabel: string
  readonly points: readonly PlotPoint[]
}

interface Line {
  readonly intercept: number
  readonly slope: number
  /** Share of the variance that the line explains. */
  readonly r2: number
}

/** Least squares. */
export function fitLine(points: readonly PlotPoint[]): Line {
  const mean = (of: (point: PlotPoint) => number) => points.reduce((sum, point) => sum + of(point), 0) / points.length
  const [x, y] = [mean((point) => point.x), mean((point) => point.y)]
  const xx = mean((point) => (point.x - x) ** 2)
  const xy = mean((point) => (point.x - x) * (point.y - y))
  const yy = mean((point) => (point.y - y) ** 2)
  return { intercept: y - (xy / xx) * x, slope: xy / xx, r2: xy ** 2 / (xx * yy) }
}

/** Labels of the horizontal axis that would come closer than this are left out. */
const labelWidth = 28
const size = { width: 260, height: 180, left: 52, right: 12, top: 28, bottom: 40 } as const

function drawPanel({ title, xLabel, yLabel, points }: Panel, offset: number): string {
  const inner = { width: size.width - size.left - size.right, height: size.height - size.top - size.bottom }
  const most = { x: Math.max(...points.map(({ x }) => x)), y: 1.1 * Math.max(...points.map(({ y }) => y)) }
  const at = ({ x, y }: PlotPoint) => ({
    x: (size.left + (x / most.x) * inner.width).toFixed(1),
    y: (size.top + inner.height * (1 - y / most.y)).toFixed(1),
  })
  const { intercept, slope, r2 } = fitLine(points)
  const [from, to] = [at({ x: 0, y: intercept }), at({ x: most.x, y: intercept + slope * most.x })]
  const [zero, right, top] = [at({ x: 0, y: 0 }), at({ x: most.x, y: 0 }), at({ x: 0, y: most.y })]
  const labelled = points.filter((point, index) => {
    const next = points[index + 1]
    return !next || Number(at(next).x) - Number(at(point).x) >= labelWidth
  })
  const ticks = labelled.map(({ x }) => `<text x="${at({ x, y: 0 }).x}" y="${Number(zero.y) + 14}">${x}</text>`)
  const height = Number((most.y / 1.1).toPrecision(2))
  const yTick = at({ x: 0, y: height })
  return [
    `<g transform="translate(${offset} 0)">`,
    `<text class="title" x="${size.left}" y="16" text-anchor="start">${title} (R² ${r2.toFixed(4)})</text>`,
    `<path class="axis" d="M${top.x} ${top.y}V${zero.y}H${right.x}"/>`,
    `<path class="line" d="M${from.x} ${from.y}L${to.x} ${to.y}"/>`,
    ...points.map((point) => `<circle cx="${at(point).x}" cy="${at(point).y}" r="3.5"/>`),
    ...ticks,
    `<text x="${Number(yTick.x) - 6}" y="${Number(yTick.y) + 4}" text-anchor="end">${height}</text>`,
    `<text x="${Number(zero.x) - 6}" y="${zero.y}" text-anchor="end">0</text>`,
    `<text x="${size.left + inner.width / 2}" y="${size.height - 6}">${xLabel}</text>`,
    `<text transform="translate(12 ${size.top + inner.height / 2}) rotate(-90)">${yLabel}</text>`,
    '</g>',
  ].join('\n')
}

/** Readable on light and on dark pages: it brings its own background. */
export function plot(panels: readonly Panel[]): string {
  const width = size.width * panels.length
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${size.height}" width="${width}" height="${size.height}" role="img">`,
    `<title>${panels.map(({ title }) => title).join(', ')}</title>`,
    '<style>text{font:11px sans-serif;fill:#333;text-anchor:middle}.title{font-weight:600}',
    'text[text-anchor="end"]{text-anchor:end}text[text-anchor="start"]{text-anchor:start}',
    '.axis{fill:none;stroke:#888}.line{stroke:#d9822b;stroke-width:1.5}circle{fill:#2b6cb0}</style>',
    `<rect width="${width}" height="${size.height}" fill="#fff"/>`,
    ...panels.map((panel, index) => drawPanel(panel, index * size.width)),
    '</svg>\n',
  ].join('\n')
}
