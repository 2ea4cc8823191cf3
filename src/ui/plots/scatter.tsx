/**
 * Points on a plane: to be moved and zoomed, pointed at, and caught with a lasso. Tens of thousands stay fluid. Filled marks
 * are sounds, hollow ones pictures.
 */
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { categoryHue } from '../hues'
import { categoryShape, markPath } from './marks'
import { CloudPainter, radiusFor } from './paint-cloud'
import { boundsOf, type PointCloud, placement, type View, wholeView, zoomedAt } from './point-cloud'
import { type Draw, useCanvas } from './use-canvas'
import { useGliding } from './use-gliding'
import { type Tool, usePointing } from './use-pointing'

interface ScatterProps {
  readonly cloud: PointCloud
  /** Lists of points (indices into the cloud) to be joined. */
  readonly joined: readonly (readonly number[])[]
  /** Points shown in full, the others faded; null for all. */
  readonly chosen: ReadonlySet<number> | null
  readonly label: string
  readonly caption: (index: number) => ReactNode
  /** Pointed at for a moment, or no more. */
  readonly onHover?: (index: number | null) => void
  readonly onChoose: (index: number) => void
  readonly onLasso: (indices: readonly number[]) => void
}

const zoomStep = 1.5
const restMs = 250

export function Scatter({ cloud, joined, chosen, label, caption, onHover, onChoose, onLasso }: ScatterProps) {
  const [view, setView] = useState<View>(wholeView)
  const [tool, setTool] = useState<Tool>('move')
  const [hovered, setHovered] = useState<number | null>(null)
  const [lasso, setLasso] = useState<readonly (readonly [number, number])[]>([])
  const places = useGliding(cloud.places)
  useHoverIntent(hovered, onHover)
  const bounds = useMemo(() => boundsOf(places), [places])
  const painter = useRef<CloudPainter | null>(null)
  const radius = radiusFor(cloud.rows.length)
  const draw = useCallback<Draw>(
    (context, size, token) => {
      const scale = context.canvas.width / size.width
      if (!painter.current?.fits(scale, radius, token)) painter.current = new CloudPainter(token, scale, radius)
      const to = placement(bounds, size, view)
      painter.current.paint(context, cloud, places, to, joined, chosen)
      if (hovered !== null && hovered < cloud.rows.length) {
        const category = cloud.categories[hovered] ?? 0
        context.save()
        context.translate(
          (places[2 * hovered] ?? 0) * to.scale + to.left,
          to.top - (places[2 * hovered + 1] ?? 0) * to.scale,
        )
        const path = new Path2D(markPath(categoryShape(category), Math.max(radius, 3.5) * 1.7))
        context.fillStyle = token(cloud.hollow[hovered] === 1 ? '--surface' : categoryHue(category))
        context.strokeStyle = token(cloud.hollow[hovered] === 1 ? categoryHue(category) : '--ink')
        context.lineWidth = 1.6
        context.fill(path)
        context.stroke(path)
        context.restore()
      }
      if (lasso.length > 1) {
        context.beginPath()
        for (const [x, y] of lasso) context.lineTo(x, y)
        context.closePath()
        context.strokeStyle = token('--accent')
        context.lineWidth = 1.5
        context.setLineDash([4, 3])
        context.stroke()
        context.setLineDash([])
      }
    },
    [cloud, places, bounds, joined, chosen, hovered, lasso, view, radius],
  )
  const canvas = useCanvas(draw)
  const size = () => ({ width: canvas.current?.clientWidth ?? 1, height: canvas.current?.clientHeight ?? 1 })
  const pointing = usePointing(
    canvas,
    { cloud, places, bounds, view, tool, hovered },
    {
      setView,
      setHovered,
      setLasso,
      onChoose,
      onLasso,
    },
  )
  const to = placement(bounds, size(), view)
  const point = hovered !== null && hovered < cloud.rows.length ? hovered : null
  const tipX = point === null ? 0 : (places[2 * point] ?? 0) * to.scale + to.left
  const tipY = point === null ? 0 : to.top - (places[2 * point + 1] ?? 0) * to.scale
  const flip = tipX > size().width / 2
  const zoom = (factor: number) => setView(zoomedAt(view, factor, size().width / 2, size().height / 2, size()))
  return (
    <div className="plot scatter-plot">
      <div className="scatter-tools" role="toolbar" aria-label="Move about the plane">
        <button type="button" className="ghost" aria-pressed={tool === 'move'} onClick={() => setTool('move')}>
          Move
        </button>
        <button type="button" className="ghost" aria-pressed={tool === 'lasso'} onClick={() => setTool('lasso')}>
          Lasso
        </button>
        <button type="button" className="ghost" aria-label="Zoom in" onClick={() => zoom(zoomStep)}>
          +
        </button>
        <button type="button" className="ghost" aria-label="Zoom out" onClick={() => zoom(1 / zoomStep)}>
          −
        </button>
        <button type="button" className="ghost" onClick={() => setView(wholeView)}>
          Fit
        </button>
      </div>
      <div className="scatter-stage">
        {/* biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: arrow keys go from point to point, as in an application */}
        <canvas
          ref={canvas}
          role="application"
          aria-roledescription="scatter plot"
          aria-label={`${label}. Arrow keys go from point to point, Enter chooses one, plus and minus zoom.`}
          tabIndex={0}
          data-points={cloud.rows.length}
          data-tool={tool}
          {...pointing}
        />
        <div
          className={point === null ? undefined : 'tip'}
          aria-live="polite"
          style={{ left: tipX, top: tipY, transform: `translate(${flip ? 'calc(-100% - 12px)' : '12px'}, -50%)` }}
        >
          {point === null ? null : caption(point)}
        </div>
      </div>
    </div>
  )
}

/** Tells who is pointed at once the pointer rests, so that crossing the plane is quiet. */
function useHoverIntent(hovered: number | null, onHover: ((index: number | null) => void) | undefined): void {
  const tell = useRef(onHover)
  tell.current = onHover
  useEffect(() => {
    if (hovered === null) return
    const timer = setTimeout(() => tell.current?.(hovered), restMs)
    return () => {
      clearTimeout(timer)
      tell.current?.(null)
    }
  }, [hovered])
}

/** A mark beside its name, as on the canvas. */
export const Mark = ({ category }: { category: number }) => (
  <svg viewBox="-6 -6 12 12" aria-hidden="true">
    <path d={markPath(categoryShape(category), 4.4)} fill={`var(${categoryHue(category)})`} />
  </svg>
)
