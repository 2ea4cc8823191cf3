/** Points on a plane, drawn on a canvas: 20,000 of them stay smooth. Filled marks are sounds, hollow ones pictures. */
import { type PointerEvent, type ReactNode, useCallback, useMemo, useState } from 'react'
import { categoryHue } from '../hues'
import { markPath } from './marks'
import { type Draw, useCanvas } from './use-canvas'

export interface ScatterPoint {
  /** Row of the result that this point stands for. */
  readonly row: number
  readonly x: number
  readonly y: number
  /** Custom property with the colour. */
  readonly hue: string
  readonly shape: number
  readonly hollow: boolean
}

interface ScatterProps {
  readonly points: readonly ScatterPoint[]
  /** Lists of points (indices into `points`) to be joined. */
  readonly joined: readonly (readonly number[])[]
  readonly label: string
  readonly caption: (point: ScatterPoint) => ReactNode
  readonly onChoose: (point: ScatterPoint) => void
}

const edge = 18
/** How far, in px, a pointer may be from a point that it means. */
const reach = 14

export function Scatter({ points, joined, label, caption, onChoose }: ScatterProps) {
  const [hovered, setHovered] = useState<number | null>(null)
  const bounds = useMemo(() => boundsOf(points), [points])
  const draw = useCallback<Draw>(
    (context, size, token) => {
      const place = placement(bounds, size.width, size.height)
      context.strokeStyle = token('--line-strong')
      context.lineWidth = 1
      for (const indices of joined) {
        context.beginPath()
        for (const index of indices) {
          const point = points[index]
          if (point) context.lineTo(...place(point))
        }
        context.stroke()
      }
      const radius = points.length > 2000 ? 2.4 : 4.2
      const paths = new Map<number, Path2D>()
      for (const [index, point] of points.entries()) {
        const path = paths.get(point.shape) ?? new Path2D(markPath(point.shape, radius))
        paths.set(point.shape, path)
        const [x, y] = place(point)
        context.save()
        context.translate(x, y)
        if (index === hovered) context.scale(1.6, 1.6)
        context.fillStyle = point.hollow ? token('--surface') : token(point.hue)
        context.strokeStyle = point.hollow ? token(point.hue) : token('--surface')
        context.lineWidth = point.hollow ? 1.8 : 0.7
        context.fill(path)
        context.stroke(path)
        context.restore()
      }
    },
    [points, joined, bounds, hovered],
  )
  const canvas = useCanvas(draw)
  const onPointerMove = (event: PointerEvent<HTMLCanvasElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    const place = placement(bounds, box.width, box.height)
    let best: number | null = null
    let distance = reach
    for (const [index, point] of points.entries()) {
      const [x, y] = place(point)
      const away = Math.hypot(x - (event.clientX - box.left), y - (event.clientY - box.top))
      if (away < distance) [best, distance] = [index, away]
    }
    setHovered(best)
  }
  const point = hovered === null ? undefined : points[hovered]
  const place = placement(bounds, canvas.current?.clientWidth ?? 1, canvas.current?.clientHeight ?? 1)
  const [tipX, tipY] = point ? place(point) : [0, 0]
  const flip = tipX > (canvas.current?.clientWidth ?? 0) / 2
  return (
    <div className="plot scatter-plot">
      <canvas
        ref={canvas}
        role="img"
        aria-label={label}
        data-points={points.length}
        onPointerMove={onPointerMove}
        onPointerLeave={() => setHovered(null)}
        onClick={() => point && onChoose(point)}
      />
      {point ? (
        <div
          className="tip"
          style={{ left: tipX, top: tipY, transform: `translate(${flip ? 'calc(-100% - 12px)' : '12px'}, -50%)` }}
        >
          {caption(point)}
        </div>
      ) : null}
    </div>
  )
}

type Bounds = readonly [left: number, top: number, right: number, bottom: number]

function boundsOf(points: readonly ScatterPoint[]): Bounds {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const { x, y } of points) {
    left = Math.min(left, x)
    right = Math.max(right, x)
    top = Math.min(top, y)
    bottom = Math.max(bottom, y)
  }
  return points.length > 0 ? [left, top, right, bottom] : [0, 0, 1, 1]
}

/** Both axes share one scale: distances on the plane mean something. */
function placement([left, top, right, bottom]: Bounds, width: number, height: number) {
  const scale = Math.min(
    (width - 2 * edge) / Math.max(right - left, 1e-12),
    (height - 2 * edge) / Math.max(bottom - top, 1e-12),
  )
  return ({ x, y }: ScatterPoint): [number, number] => [
    width / 2 + (x - (left + right) / 2) * scale,
    height / 2 - (y - (top + bottom) / 2) * scale,
  ]
}

/** A mark beside its name, as on the canvas. */
export const Mark = ({ category }: { category: number }) => (
  <svg viewBox="-6 -6 12 12" aria-hidden="true">
    <path d={markPath(category, 4.4)} fill={`var(${categoryHue(category)})`} />
  </svg>
)
