/** Turns an embedding result into points: which plane, which category gives the colour, which points are joined. */
import type { EmbeddingRow, EmbedResult } from '../../engine/api'
import { shownFile } from '../../notebook/samples'
import { categoryHue } from '../hues'
import type { ScatterPoint } from './scatter'

const views = ['joint', 'audio', 'video'] as const
export type View = (typeof views)[number]

/** The planes that a result has: none that both share without projection heads, none of a network that was not there. */
export const viewsOf = ({ planes, rows }: EmbedResult): readonly View[] =>
  views.filter((view) => (view === 'joint' ? planes.joint !== null : rows.some(({ modality }) => modality === view)))

export const colourings = ['title', 'language', 'modality', 'scene'] as const
export type Colouring = (typeof colourings)[number]

/** What a row is called under a colouring. */
function categoryOf(row: EmbeddingRow, by: Colouring): string {
  switch (by) {
    case 'title':
      return shownFile(row.file)
    case 'language':
      return row.language || 'video'
    case 'modality':
      return row.modality
    case 'scene':
      return row.scene || 'no label'
  }
}

/** All categories of a result, in the order in which they take shapes and colours. */
export const categoriesOf = ({ rows }: EmbedResult, by: Colouring): readonly string[] =>
  [...new Set(rows.map((row) => categoryOf(row, by)))].sort()

/** Where a plane puts its n-th row. */
const placeOn = (plane: Float32Array | null, n: number): readonly [number, number] => [
  plane?.[2 * n] ?? 0,
  plane?.[2 * n + 1] ?? 0,
]

/** @param only - the category to show alone, if any */
export function pointsOf(result: EmbedResult, view: View, by: Colouring, only: string | null): readonly ScatterPoint[] {
  const categories = categoriesOf(result, by)
  /** Rows of each modality so far: a backbone's plane only counts its own. */
  const seen = { audio: 0, video: 0 }
  return result.rows.flatMap((row, index) => {
    const own = seen[row.modality]++
    const category = categoryOf(row, by)
    if ((view !== 'joint' && row.modality !== view) || (only !== null && category !== only)) return []
    const [x, y] = view === 'joint' ? placeOn(result.planes.joint, index) : placeOn(result.planes[view], own)
    const shape = categories.indexOf(category)
    return [{ row: index, x, y, hue: categoryHue(shape), shape, hollow: row.modality === 'video' }]
  })
}

const snippetOf = ({ file, startS, endS }: EmbeddingRow): string => `${startS}\t${endS}\t${file}`

/** The points of one snippet (its languages, and its picture where shown), as lists to join. */
export function joinedDubs(result: EmbedResult, points: readonly ScatterPoint[]): readonly (readonly number[])[] {
  const snippets = new Map<string, number[]>()
  for (const [index, { row }] of points.entries()) {
    const entry = result.rows[row]
    if (!entry) continue
    const key = snippetOf(entry)
    snippets.set(key, [...(snippets.get(key) ?? []), index])
  }
  return [...snippets.values()].filter((indices) => indices.length > 1)
}

/** The picture that goes with a row: stills come in the order of the video rows. */
export function stillOf(result: EmbedResult, row: EmbeddingRow): Blob | null {
  const videos = result.rows.filter(({ modality }) => modality === 'video')
  return result.stills[videos.findIndex((video) => snippetOf(video) === snippetOf(row))] ?? null
}
