/** What pointer, wheel and keys do to a scatter: they move and zoom it, point at a point, choose it, draw a lasso. */
import { type KeyboardEvent, type PointerEvent, type RefObject, useEffect, useRef } from 'react'
import {
  type Bounds,
  nearestPoint,
  type PointCloud,
  placement,
  pointsInside,
  type View,
  wholeView,
  zoomedAt,
} from './point-cloud'

export type Tool = 'move' | 'lasso'

interface Seen {
  readonly cloud: PointCloud
  readonly places: Float32Array
  readonly bounds: Bounds
  readonly view: View
  readonly tool: Tool
  readonly hovered: number | null
}

/** What the pointer has done since it was pressed. */
interface Drag {
  readonly x: number
  readonly y: number
  readonly from: View
  moved: boolean
  /** Grows with every event, which may come faster than the component is drawn. */
  readonly line: [number, number][]
}

interface Deeds {
  setView(view: View): void
  setHovered(index: number | null): void
  setLasso(line: readonly (readonly [number, number])[]): void
  onChoose(index: number): void
  onLasso(indices: readonly number[]): void
}

/** How far, in px, a pointer may be from a point that it means. */
const reach = 14
/** Less than this, in px, is a click. */
const clickPx = 4
const zoomPerPx = 1.0025
const keyStep = 0.08
const keyZoom = 1.5
const arrows: Readonly<Record<string, { readonly x: number; readonly y: number }>> = {
  ArrowRight: { x: 1, y: 0 },
  ArrowLeft: { x: -1, y: 0 },
  ArrowDown: { x: 0, y: 1 },
  ArrowUp: { x: 0, y: -1 },
}

export function usePointing(canvas: RefObject<HTMLCanvasElement | null>, seen: Seen, deeds: Deeds) {
  const { cloud, places, bounds, view, tool, hovered } = seen
  const drag = useRef<Drag | null>(null)
  const size = () => ({ width: canvas.current?.clientWidth ?? 1, height: canvas.current?.clientHeight ?? 1 })
  const at = (event: { readonly clientX: number; readonly clientY: number }): [number, number] => {
    const box = canvas.current?.getBoundingClientRect()
    return [event.clientX - (box?.left ?? 0), event.clientY - (box?.top ?? 0)]
  }
  const latest = useRef({ view, setView: deeds.setView })
  latest.current = { view, setView: deeds.setView }
  useEffect(() => {
    const element = canvas.current
    // React listens passively, and the page would zoom too. The wheel alone scrolls the page, as everywhere.
    const onWheel = (event: WheelEvent) => {
      if (!element || !(event.ctrlKey || event.metaKey)) return
      event.preventDefault()
      const box = element.getBoundingClientRect()
      const factor = zoomPerPx ** -event.deltaY
      const { view, setView } = latest.current
      setView(zoomedAt(view, factor, event.clientX - box.left, event.clientY - box.top, box))
    }
    element?.addEventListener('wheel', onWheel, { passive: false })
    return () => element?.removeEventListener('wheel', onWheel)
  }, [canvas])

  /** Does what a key is for, if it is for something here. */
  const press = ({ key, shiftKey }: KeyboardEvent): boolean => {
    const n = cloud.rows.length
    const { width, height } = size()
    const zoom = (factor: number) => deeds.setView(zoomedAt(view, factor, width / 2, height / 2, size()))
    const arrow = arrows[key]
    if (arrow && shiftKey) deeds.setView({ ...view, x: view.x - arrow.x * keyStep, y: view.y - arrow.y * keyStep })
    else if (arrow && n > 0) deeds.setHovered(hovered === null ? 0 : (hovered + arrow.x + arrow.y + n) % n)
    else if (key === '+') zoom(keyZoom)
    else if (key === '-') zoom(1 / keyZoom)
    else if (key === '0') deeds.setView(wholeView)
    else if (key === 'Enter' && !shiftKey && hovered !== null) deeds.onChoose(hovered)
    else if (key === 'Escape' && hovered !== null) deeds.setHovered(null)
    else return false
    return true
  }
  return {
    onPointerDown(event: PointerEvent<HTMLCanvasElement>) {
      if (event.button !== 0) return
      event.currentTarget.setPointerCapture(event.pointerId)
      const [x, y] = at(event)
      drag.current = { x, y, from: view, moved: false, line: [[x, y]] }
    },
    onPointerMove(event: PointerEvent<HTMLCanvasElement>) {
      const [x, y] = at(event)
      const held = drag.current
      if (!held) {
        deeds.setHovered(nearestPoint(places, placement(bounds, size(), view), x, y, reach))
        return
      }
      held.moved ||= Math.hypot(x - held.x, y - held.y) > clickPx
      if (!held.moved) return
      if (tool === 'lasso') {
        held.line.push([x, y])
        deeds.setLasso([...held.line])
      } else {
        const { width, height } = size()
        deeds.setView({ ...held.from, x: held.from.x + (x - held.x) / width, y: held.from.y + (y - held.y) / height })
      }
    },
    onPointerUp(event: PointerEvent<HTMLCanvasElement>) {
      const held = drag.current
      drag.current = null
      deeds.setLasso([])
      if (!held) return
      const to = placement(bounds, size(), view)
      if (tool === 'lasso' && held.moved) return deeds.onLasso(pointsInside(places, to, held.line))
      const [x, y] = at(event)
      const point = nearestPoint(places, to, x, y, reach)
      if (!held.moved && point !== null) deeds.onChoose(point)
    },
    onPointerCancel() {
      drag.current = null
      deeds.setLasso([])
    },
    onPointerLeave() {
      if (!drag.current) deeds.setHovered(null)
    },
    onKeyDown(event: KeyboardEvent<HTMLCanvasElement>) {
      if (event.ctrlKey || event.metaKey || !press(event)) return
      event.preventDefault()
      event.stopPropagation()
    },
  }
}
