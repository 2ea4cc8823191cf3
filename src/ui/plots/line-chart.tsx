/** Lines over steps, in plotly: hover reads all of them, dragging zooms. Until it has loaded, what stands in for it. */
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useEffect, useRef } from 'react'
import { significant } from '../format'
import { useMediaQuery } from '../use-media-query'
import { darkTheme } from './use-canvas'

export interface Line {
  readonly name: string
  /** Custom property with the colour. */
  readonly hue: string
  readonly width: number
  readonly dashed: boolean
  readonly x: readonly number[]
  readonly y: readonly number[]
}

interface LineChartProps {
  readonly lines: readonly Line[]
  readonly chance: number | undefined
  readonly log: boolean
  readonly label: string
  /** Points behind the lines, before they are thinned. */
  readonly points: number
  readonly children?: ReactNode
}

/** Beyond this many points a curve is thinned: plotly's SVG would be slow, and a screen has no more columns. */
const mostPoints = 4000

/** Every so many points, the last one among them. */
function thinned(values: readonly number[]): number[] {
  const stride = Math.max(1, Math.ceil(values.length / mostPoints))
  return values.filter((_, index) => index % stride === 0 || index === values.length - 1)
}

export function LineChart({ lines, chance, log, label, points, children }: LineChartProps) {
  const host = useRef<HTMLDivElement>(null)
  const dark = useMediaQuery(darkTheme)
  const { data: plotly } = useQuery({ queryKey: ['plotly'], queryFn: () => import('./plotly') })
  useEffect(() => {
    const element = host.current
    if (!element || !plotly) return
    const style = getComputedStyle(element)
    const token = (name: string) => style.getPropertyValue(name).trim() || (dark ? '#fff' : '#000')
    const axis = { gridcolor: token('--line'), zeroline: false, linecolor: token('--line-strong'), fixedrange: false }
    void plotly.react(
      element,
      lines.map(({ name, hue, width, dashed, x, y }) => ({
        type: 'scatter' as const,
        mode: 'lines' as const,
        name,
        x: thinned(x),
        y: thinned(y),
        line: { color: token(hue), width, dash: dashed ? ('dot' as const) : ('solid' as const) },
        hovertemplate: '%{y:.3g}',
      })),
      {
        height: element.clientHeight,
        margin: { l: 44, r: 12, t: 12, b: 32 },
        paper_bgcolor: 'transparent',
        plot_bgcolor: 'transparent',
        font: { family: token('--num'), size: 11, color: token('--ink-3') },
        hovermode: 'x unified',
        hoverlabel: {
          bgcolor: token('--surface'),
          bordercolor: token('--line-strong'),
          font: { color: token('--ink') },
        },
        legend: { orientation: 'h', x: 1, xanchor: 'right', y: 1.02, yanchor: 'bottom' },
        xaxis: { ...axis, title: { text: 'step', standoff: 4 } },
        yaxis: { ...axis, type: log ? 'log' : 'linear', rangemode: log ? 'normal' : 'tozero' },
        shapes:
          chance === undefined
            ? []
            : [
                {
                  type: 'line',
                  xref: 'paper',
                  x0: 0,
                  x1: 1,
                  y0: chance,
                  y1: chance,
                  line: { color: token('--ink-3'), width: 1, dash: 'dash' },
                  label: { text: `chance ${significant(chance)}`, textposition: 'end', font: { size: 11 } },
                },
              ],
      },
      { displayModeBar: false, responsive: true },
    )
  }, [plotly, lines, chance, log, dark])
  useEffect(() => {
    const element = host.current
    return () => {
      if (element && plotly) plotly.purge(element)
    }
  }, [plotly])
  if (!plotly) return children
  return (
    <div className="plot loss-plot" role="img" aria-label={label} data-points={points}>
      <div ref={host} className="plotly-host" />
    </div>
  )
}
