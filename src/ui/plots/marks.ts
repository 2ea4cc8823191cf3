/** Point marks: eight shapes, so that a category never shows by colour alone. */

type Corner = readonly [x: number, y: number]

const polygon = (corners: number, turn: number): readonly Corner[] =>
  Array.from({ length: corners }, (_, index) => {
    const angle = (2 * Math.PI * index) / corners + turn
    return [Math.cos(angle), Math.sin(angle)]
  })

/** Corners on the unit circle; the empty list is the circle itself. */
const shapes: readonly (readonly Corner[])[] = [
  [],
  polygon(4, Math.PI / 4),
  polygon(3, -Math.PI / 2),
  polygon(4, 0),
  polygon(3, Math.PI / 2),
  polygon(5, -Math.PI / 2),
  polygon(6, 0),
  polygon(3, 0),
]

/** Path data of a mark around (0, 0), for a canvas (`Path2D`) and for SVG alike. */
export function markPath(shape: number, radius: number): string {
  const corners = shapes[shape % shapes.length] ?? []
  if (corners.length === 0)
    return `M${-radius} 0A${radius} ${radius} 0 1 0 ${radius} 0A${radius} ${radius} 0 1 0 ${-radius} 0Z`
  // Polygons look smaller than the circle they stand in.
  const size = radius * 1.2
  return `M${corners.map(([x, y]) => `${(x * size).toFixed(2)} ${(y * size).toFixed(2)}`).join('L')}Z`
}

/** Shape of a category; colours come again after eight categories, pairs of shape and colour after 64. */
export const categoryShape = (category: number): number =>
  (category + Math.floor(category / shapes.length)) % shapes.length
