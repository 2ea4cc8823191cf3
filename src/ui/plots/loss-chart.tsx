/** The loss curves of a run while it goes: drawn on a canvas, so that a redraw costs the page a millisecond or two. */
import { type PointerEvent, useCallback, useMemo, useState } from 'react'
import type { LossPoint } from '../../engine/api'
import { significant } from '../format'
import { logTicks, ticks } from './axis'
import { type Curve, curvesOf, valueRange } from './loss-curves'
import { type Draw, useCanvas } from './use-canvas'

export interface LossChartProps {
  readonly losses: readonly LossPoint[]
  /** ln(2B - 1): the loss when all similarities are equal. */
  readonly chance?: number
  /** Steps of the whole run. */
  readonly steps: number
  readonly smoothing: number
  readonly log: boolean
  readonly label: string
}

const margin = { left: 44, right: 46, top: 12, bottom: 26 } as const

export function LossChart({ losses, chance, steps, smoothing, log, label }: LossChartProps) {
  const [hovered, setHovered] = useState<{ readonly index: number; readonly x: number; readonly flip: boolean } | null>(
    null,
  )
  const curves = useMemo(() => curvesOf(losses, smoothing), [losses, smoothing])
  const lastStep = Math.max(steps - 1, losses.at(-1)?.step ?? 0, 1)
  const draw = useCallback<Draw>(
    (context, { width, height }, token) => {
      const [low, high] = valueRange(curves, chance, log)
      const scale = (value: number) =>
        log ? Math.log(Math.max(value, low) / low) / Math.log(high / low) : (value - low) / (high - low)
      const right = width - margin.right
      const bottom = height - margin.bottom
      const x = (step: number) => margin.left + (step / lastStep) * (right - margin.left)
      const y = (value: number) => bottom - scale(value) * (bottom - margin.top)
      context.font = `11px ${token('--num')}`
      context.lineWidth = 1
      context.textBaseline = 'middle'
      for (const value of log ? logTicks(low, high) : ticks(low, high, 4)) {
        context.strokeStyle = token('--line')
        line(context, margin.left, y(value), right, y(value))
        context.fillStyle = token('--ink-3')
        context.textAlign = 'right'
        context.fillText(String(value), margin.left - 8, y(value))
      }
      context.textAlign = 'center'
      for (const value of ticks(0, lastStep, Math.max(2, width / 120)))
        context.fillText(String(value), x(value), bottom + 14)
      if (chance !== undefined) {
        context.setLineDash([4, 4])
        context.strokeStyle = token('--ink-3')
        line(context, margin.left, y(chance), right, y(chance))
        context.setLineDash([])
        context.textAlign = 'right'
        context.fillText(`chance ${significant(chance)}`, right, y(chance) - 8)
      }
      for (const curve of curves) drawCurve(context, curve, losses, x, y, right - margin.left, token)
      drawNames(context, curves, x(losses.at(-1)?.step ?? 0) + 6, y, token)
      if (hovered) {
        const step = losses[hovered.index]?.step ?? 0
        context.strokeStyle = token('--ink-3')
        line(context, x(step), margin.top, x(step), bottom)
      }
    },
    [curves, losses, chance, lastStep, log, hovered],
  )
  const canvas = useCanvas(draw)
  const onPointerMove = (event: PointerEvent<HTMLCanvasElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    const inside = box.width - margin.left - margin.right
    const step = ((event.clientX - box.left - margin.left) / inside) * lastStep
    const index = nearest(losses, step)
    if (index === null) return setHovered(null)
    const x = margin.left + ((losses[index]?.step ?? 0) / lastStep) * inside
    setHovered({ index, x, flip: x > box.width * 0.6 })
  }
  const point = hovered ? losses[hovered.index] : undefined
  return (
    <div className="plot loss-plot">
      <canvas
        ref={canvas}
        role="img"
        aria-label={label}
        data-points={losses.length}
        onPointerMove={onPointerMove}
        onPointerLeave={() => setHovered(null)}
      />
      {hovered && point ? (
        <div
          className="tip"
          style={{
            left: hovered.x,
            top: 16,
            transform: hovered.flip ? 'translateX(calc(-100% - 10px))' : 'translateX(10px)',
          }}
        >
          step <b>{point.step}</b>
          <dl>
            {(['L', 'Lv', 'La', 'total'] as const).map((key) => (
              <div key={key} style={{ display: 'contents' }}>
                <dt>{key}</dt>
                <dd>{significant(point[key])}</dd>
              </div>
            ))}
            <dt>rate</dt>
            <dd>{significant(point.learningRate)}</dd>
          </dl>
        </div>
      ) : null}
    </div>
  )
}

function drawCurve(
  context: CanvasRenderingContext2D,
  { values, hue, width, dashed }: Curve,
  losses: readonly LossPoint[],
  x: (step: number) => number,
  y: (value: number) => number,
  room: number,
  token: (name: string) => string,
): void {
  // More points than twice the pixels cannot be told apart.
  const stride = Math.max(1, Math.floor(values.length / (2 * room)))
  context.strokeStyle = token(hue)
  context.lineWidth = width
  context.lineJoin = 'round'
  context.setLineDash(dashed ? [2, 3] : [])
  context.beginPath()
  for (const [index, value] of values.entries())
    if ((index % stride === 0 || index === values.length - 1) && Number.isFinite(value))
      context.lineTo(x(losses[index]?.step ?? 0), y(value))
  context.stroke()
  context.setLineDash([])
}

/** Names at the ends of the curves, moved apart where they would cover each other. */
function drawNames(
  context: CanvasRenderingContext2D,
  curves: readonly Curve[],
  left: number,
  y: (value: number) => number,
  token: (name: string) => string,
): void {
  const ends = curves
    .flatMap(({ values, label, hue }) => {
      const last = values.at(-1)
      return last === undefined || !Number.isFinite(last) ? [] : [{ label, hue, at: y(last) }]
    })
    .sort((a, b) => a.at - b.at)
  let lowest = Number.NEGATIVE_INFINITY
  context.textAlign = 'left'
  for (const { label, hue, at } of ends) {
    lowest = Math.max(at, lowest + 12)
    context.fillStyle = token(hue)
    context.fillText(label, left, lowest)
  }
}

function line(context: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  context.beginPath()
  context.moveTo(x1, y1)
  context.lineTo(x2, y2)
  context.stroke()
}

/** Index of the point whose step is nearest; null without points. */
function nearest(losses: readonly LossPoint[], step: number): number | null {
  if (losses.length === 0) return null
  let low = 0
  let high = losses.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((losses[middle]?.step ?? 0) < step) low = middle + 1
    else high = middle
  }
  const before = losses[low - 1]
  const here = losses[low]
  return before && here && step - before.step < here.step - step ? low - 1 : low
}
