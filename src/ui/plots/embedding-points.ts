/** Turns embeddings into points: which plane, which category gives the colour, which points are joined. */
import type { EmbeddingRow, Planes } from '../../engine/api'
import { shownFile } from '../../notebook/samples'
import { type EmbeddingSpace, embeddingSpaces } from '../../schema/embedding-space'
import type { PointCloud } from './point-cloud'

/** Rows, where they lie, and where their vectors are kept: an embed cell's result, or one look at a training. */
export interface Embeddings {
  readonly hash: string
  /** Steps done when a training was looked at; null for an embed cell's own result. */
  readonly step: number | null
  readonly rows: readonly EmbeddingRow[]
  /** In the order of the video rows. */
  readonly stills: readonly (Blob | null)[]
  readonly planes: Planes
}

/** The spaces that there are: none that both share without projection heads, none of a network that was not there. */
export const spacesOf = ({ planes, rows }: Embeddings): readonly EmbeddingSpace[] =>
  embeddingSpaces.filter((space) =>
    space === 'joint' ? planes.joint !== null : rows.some(({ modality }) => modality === space),
  )

const fixedColourings = ['scene', 'title', 'language', 'modality'] as const

/** What points can be coloured by: what every row has, then label columns, then what was painted. */
export function colouringsOf({ rows }: Embeddings, painted: ReadonlyMap<string, string>): readonly string[] {
  const columns = new Set(rows.flatMap(({ labels }) => Object.keys(labels)))
  columns.delete('scene')
  return [...fixedColourings, ...[...columns].map(labelColouring), ...(painted.size > 0 ? [paintedColouring] : [])]
}

const labelColouring = (column: string) => `label: ${column}`
export const paintedColouring = 'painted label'

/** What stands for one snippet, whatever its modality and language. */
export const snippetKey = ({ file, startS, endS }: EmbeddingRow): string => `${startS}\t${endS}\t${file}`

/** What a row is called under a colouring. */
function categoryOf(row: EmbeddingRow, by: string, painted: ReadonlyMap<string, string>): string {
  switch (by) {
    case 'title':
      return shownFile(row.file)
    case 'language':
      return row.language || 'video'
    case 'modality':
      return row.modality
    case 'scene':
      return row.scene || 'no label'
    case paintedColouring:
      return painted.get(snippetKey(row)) ?? 'no label'
    default:
      return Object.entries(row.labels).find(([column]) => labelColouring(column) === by)?.[1] ?? 'no label'
  }
}

export interface Categories {
  /** In the order in which they take shapes and colours. */
  readonly names: readonly string[]
  /** Of each row. */
  readonly ofRow: readonly number[]
}

export function categoriesOf(
  { rows }: Embeddings,
  by: string,
  painted: ReadonlyMap<string, string> = new Map(),
): Categories {
  const called = rows.map((row) => categoryOf(row, by, painted))
  const names = [...new Set(called)].sort()
  const index = new Map(names.map((name, position) => [name, position]))
  return { names, ofRow: called.map((name) => index.get(name) ?? 0) }
}

/** Rows that a space holds, in the order of its planes and vectors. */
export const rowsIn = ({ rows }: Embeddings, space: EmbeddingSpace): readonly number[] =>
  rows.flatMap(({ modality }, index) => (space === 'joint' || modality === space ? [index] : []))

/**
 * @param plane [rows of the space, 2]
 * @param only the category to show alone, if any
 */
export function cloudOf(
  embeddings: Embeddings,
  space: EmbeddingSpace,
  plane: Float32Array,
  { ofRow }: Categories,
  only: number | null,
): PointCloud {
  const kept = [...rowsIn(embeddings, space).entries()].filter(([, row]) => only === null || ofRow[row] === only)
  return {
    rows: Int32Array.from(kept, ([, row]) => row),
    places: Float32Array.from(kept.flatMap(([at]) => [plane[2 * at] ?? 0, plane[2 * at + 1] ?? 0])),
    categories: Uint16Array.from(kept, ([, row]) => ofRow[row] ?? 0),
    hollow: Uint8Array.from(kept, ([, row]) => (embeddings.rows[row]?.modality === 'video' ? 1 : 0)),
  }
}

/** The points of one snippet (its languages, and its picture where shown), as lists to join. */
export function joinedDubs({ rows }: Embeddings, cloud: PointCloud): readonly (readonly number[])[] {
  const snippets = new Map<string, number[]>()
  for (const [index, row] of cloud.rows.entries()) {
    const entry = rows[row]
    if (!entry) continue
    const members = snippets.get(snippetKey(entry))
    if (members) members.push(index)
    else snippets.set(snippetKey(entry), [index])
  }
  return [...snippets.values()].filter((indices) => indices.length > 1)
}

/** The picture that goes with a row: stills come in the order of the video rows. */
export function stillOf({ rows, stills }: Embeddings, row: EmbeddingRow): Blob | null {
  const videos = rows.filter(({ modality }) => modality === 'video')
  return stills[videos.findIndex((video) => snippetKey(video) === snippetKey(row))] ?? null
}

/** Painted labels as a `labels.csv` (file, start, end, label), a row per snippet. */
export const paintedRows = (
  { rows }: Embeddings,
  painted: ReadonlyMap<string, string>,
): readonly (readonly (string | number)[])[] => {
  const seen = new Set<string>()
  return rows.flatMap((row) => {
    const key = snippetKey(row)
    const label = painted.get(key)
    if (label === undefined || seen.has(key)) return []
    seen.add(key)
    return [[row.file, row.startS, row.endS, label]]
  })
}
