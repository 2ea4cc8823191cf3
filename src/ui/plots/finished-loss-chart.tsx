/** The loss curves of a finished run, in plotly: hover reads all curves, dragging zooms. Until it has loaded, the canvas. */
import { useMemo } from 'react'
import { type Line, LineChart } from './line-chart'
import { LossChart, type LossChartProps } from './loss-chart'
import { curvesOf } from './loss-curves'

export function FinishedLossChart(props: LossChartProps) {
  const { losses, chance, smoothing, log, label } = props
  const lines = useMemo(
    () =>
      curvesOf(losses, smoothing).map(
        ({ label: name, hue, width, dashed, values }): Line => ({
          name,
          hue,
          width,
          dashed,
          x: losses.map(({ step }) => step),
          y: values,
        }),
      ),
    [losses, smoothing],
  )
  return (
    <LineChart lines={lines} chance={chance} log={log} label={label} points={losses.length}>
      <LossChart {...props} />
    </LineChart>
  )
}
