/** Points of a scatter in arrays, so that tens of thousands of them move at once; where they lie on the screen; who is near. */

export interface PointCloud {
  /** Row of the result that each point stands for, [n]. */
  readonly rows: Int32Array
  /** [n, 2] */
  readonly places: Float32Array
  /** Decides on mark and colour, [n]. */
  readonly categories: Uint16Array
  /** 1 for a hollow mark, [n]. */
  readonly hollow: Uint8Array
}

/** What of the plane is shown: everything at `zoom` 1, moved by a share of what is shown at that zoom. */
export interface View {
  readonly zoom: number
  readonly x: number
  readonly y: number
}

export const wholeView: View = { zoom: 1, x: 0, y: 0 }

export type Bounds = readonly [left: number, top: number, right: number, bottom: number]

export interface Size {
  readonly width: number
  readonly height: number
}

/** From the plane to CSS px: `px = x * scale + left`, `py = top - y * scale`. */
export interface Placement {
  readonly scale: number
  readonly left: number
  readonly top: number
}

const edge = 18

/** Where points begin and end; a unit square for none. */
export function boundsOf(places: Float32Array): Bounds {
  if (places.length === 0) return [0, 0, 1, 1]
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity]
  for (let i = 0; i < places.length; i += 2) {
    // Coordinates come in pairs.
    const [x, y] = [places[i] as number, places[i + 1] as number]
    left = Math.min(left, x)
    right = Math.max(right, x)
    top = Math.min(top, y)
    bottom = Math.max(bottom, y)
  }
  return [left, top, right, bottom]
}

/** Both axes share one scale: distances on the plane mean something. */
export function placement([left, top, right, bottom]: Bounds, { width, height }: Size, view: View): Placement {
  const fit = Math.min(
    (width - 2 * edge) / Math.max(right - left, 1e-12),
    (height - 2 * edge) / Math.max(bottom - top, 1e-12),
  )
  const scale = fit * view.zoom
  return {
    scale,
    left: width / 2 - ((left + right) / 2) * scale + view.x * width,
    top: height / 2 + ((top + bottom) / 2) * scale + view.y * height,
  }
}

/** The view after zooming by a factor about a place, given in CSS px. Zoom stays between half and 200 times. */
export function zoomedAt(view: View, factor: number, x: number, y: number, { width, height }: Size): View {
  const zoom = Math.min(200, Math.max(0.5, view.zoom * factor))
  const grown = zoom / view.zoom
  const [fx, fy] = [x / width - 0.5, y / height - 0.5]
  return { zoom, x: fx - (fx - view.x) * grown, y: fy - (fy - view.y) * grown }
}

/** Index of the point nearest to a place in CSS px, within `reach` px; null for none. */
export function nearestPoint(places: Float32Array, to: Placement, x: number, y: number, reach: number): number | null {
  let best: number | null = null
  let least = reach * reach
  for (let i = 0; i < places.length; i += 2) {
    const dx = (places[i] as number) * to.scale + to.left - x
    const dy = to.top - (places[i + 1] as number) * to.scale - y
    const distance = dx * dx + dy * dy
    if (distance < least) [best, least] = [i / 2, distance]
  }
  return best
}

/** Points inside a closed line [m, 2] of CSS px, by the even-odd rule. */
export function pointsInside(
  places: Float32Array,
  to: Placement,
  line: readonly (readonly [number, number])[],
): number[] {
  const inside: number[] = []
  for (let i = 0; i < places.length; i += 2) {
    const x = (places[i] as number) * to.scale + to.left
    const y = to.top - (places[i + 1] as number) * to.scale
    let odd = false
    let [px, py] = line.at(-1) ?? [0, 0]
    for (const [qx, qy] of line) {
      if (qy > y !== py > y && x < ((px - qx) * (y - qy)) / (py - qy) + qx) odd = !odd
      px = qx
      py = qy
    }
    if (odd) inside.push(i / 2)
  }
  return inside
}
