/** The loss curves of a finished run, in plotly: hover reads all curves, dragging zooms. Until it has loaded, the canvas. */
import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useRef } from 'react'
import { significant } from '../format'
import { useMediaQuery } from '../use-media-query'
import { LossChart, type LossChartProps } from './loss-chart'
import { curvesOf } from './loss-curves'
import { darkTheme } from './use-canvas'

/** Beyond this many points a curve is thinned: plotly's SVG would be slow, and a screen has no more columns. */
const mostPoints = 4000

export function FinishedLossChart(props: LossChartProps) {
  const { losses, chance, smoothing, log, label } = props
  const host = useRef<HTMLDivElement>(null)
  const dark = useMediaQuery(darkTheme)
  const { data: plotly } = useQuery({ queryKey: ['plotly'], queryFn: () => import('./plotly') })
  const curves = useMemo(() => curvesOf(losses, smoothing), [losses, smoothing])
  useEffect(() => {
    const element = host.current
    if (!element || !plotly) return
    const style = getComputedStyle(element)
    const token = (name: string) => style.getPropertyValue(name).trim() || (dark ? '#fff' : '#000')
    const stride = Math.max(1, Math.ceil(losses.length / mostPoints))
    const kept = losses.flatMap((_, index) => (index % stride === 0 || index === losses.length - 1 ? [index] : []))
    const axis = { gridcolor: token('--line'), zeroline: false, linecolor: token('--line-strong'), fixedrange: false }
    void plotly.react(
      element,
      curves.map(({ label, hue, width, dashed, values }) => ({
        type: 'scatter' as const,
        mode: 'lines' as const,
        name: label,
        x: kept.map((index) => losses[index]?.step ?? 0),
        y: kept.map((index) => values[index] ?? Number.NaN),
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
  }, [plotly, curves, losses, chance, log, dark])
  useEffect(() => {
    const element = host.current
    return () => {
      if (element && plotly) plotly.purge(element)
    }
  }, [plotly])
  if (!plotly) return <LossChart {...props} />
  return (
    <div className="plot loss-plot" role="img" aria-label={label} data-points={losses.length}>
      <div ref={host} className="plotly-host" />
    </div>
  )
}
