/**
 * How embeddings lie to each other: the language gap, and alignment and uniformity (Wang and Isola, "Understanding
 * contrastive representation learning through alignment and uniformity on the hypersphere", ICML 2020, with exponents 2).
 */
import type { StructureScore } from '../schema/embedding-metrics'
import { type Vectors, vectorsOf } from './vectors'

/** Embeddings of one modality. */
export interface EmbeddedRows {
  /** [rows, d], of any length each. */
  readonly vectors: Float32Array
  readonly d: number
  /** [rows] */
  readonly snippets: readonly number[]
  /** [rows]; empty texts for pictures. */
  readonly languages: readonly string[]
}

/** Uniformity takes time with the square of the rows: of more, evenly spaced ones are taken. */
const uniformityRows = 2000

/** Scores of one space by its own rows: positives are the dubs of one snippet. */
export function structureOf(space: StructureScore['space'], rows: EmbeddedRows): StructureScore {
  const vectors = vectorsOf(rows.vectors, rows.d)
  const groups = groupsOf(rows.snippets)
  const dubs = meanOf(groups, (members) => meanPairs(members, (a, b) => 1 - cosine(vectors, a, b)))
  const between = distanceBetween(vectors, groups)
  return {
    space,
    dubDistance: dubs,
    snippetDistance: between,
    languageGap: dubs !== null && between !== null && between > 0 ? dubs / between : null,
    // The squared distance of unit vectors is twice their cosine distance.
    alignment: dubs === null ? null : 2 * dubs,
    uniformity: uniformityOf(vectors),
    n: vectors.n,
    pairs: languagePairs(vectors, groups, rows.languages),
  }
}

/** Mean squared distance of each picture and the sounds of its snippet, every snippet alike; null without such pairs. */
export function crossAlignment(audio: EmbeddedRows, video: EmbeddedRows): number | null {
  const sounds = vectorsOf(audio.vectors, audio.d)
  const pictures = vectorsOf(video.vectors, video.d)
  const soundsOf = groupsOf(audio.snippets)
  return meanOf(groupsOf(video.snippets), (rows, snippet) => {
    const distances = rows.flatMap((row) =>
      (soundsOf.get(snippet) ?? []).map((sound) => 2 - 2 * sounds.dotUnit(sound, pictures.unit(row))),
    )
    return distances.length > 0 ? distances.reduce((sum, value) => sum + value, 0) / distances.length : null
  })
}

const cosine = (vectors: Vectors, a: number, b: number): number => vectors.dotUnit(a, vectors.unit(b))

/** Rows of each snippet. */
function groupsOf(snippets: readonly number[]): ReadonlyMap<number, readonly number[]> {
  const groups = new Map<number, number[]>()
  for (const [row, snippet] of snippets.entries()) {
    const group = groups.get(snippet)
    if (group) group.push(row)
    else groups.set(snippet, [row])
  }
  return groups
}

/** Mean over groups of what they have a value of. */
function meanOf(
  groups: ReadonlyMap<number, readonly number[]>,
  score: (rows: readonly number[], snippet: number) => number | null,
): number | null {
  let sum = 0
  let count = 0
  for (const [snippet, rows] of groups) {
    const value = score(rows, snippet)
    if (value === null) continue
    sum += value
    count++
  }
  return count > 0 ? sum / count : null
}

function meanPairs(rows: readonly number[], score: (a: number, b: number) => number): number | null {
  let sum = 0
  for (const [index, a] of rows.entries()) for (const b of rows.slice(0, index)) sum += score(a, b)
  const pairs = (rows.length * (rows.length - 1)) / 2
  return pairs > 0 ? sum / pairs : null
}

/** Mean over all pairs of rows of two snippets, by the sums of all and of each snippet's vectors. */
function distanceBetween(vectors: Vectors, groups: ReadonlyMap<number, readonly number[]>): number | null {
  const total = new Float64Array(vectors.d)
  let within = 0
  let samePairs = 0
  for (const rows of groups.values()) {
    const sum = new Float64Array(vectors.d)
    for (const row of rows) for (const [i, value] of vectors.unit(row).entries()) sum[i] = (sum[i] ?? 0) + value
    for (const [i, value] of sum.entries()) total[i] = (total[i] ?? 0) + value
    within += squaredLength(sum)
    samePairs += rows.length ** 2
  }
  const pairs = vectors.n ** 2 - samePairs
  return pairs > 0 ? 1 - (squaredLength(total) - within) / pairs : null
}

const squaredLength = (vector: Float64Array): number => vector.reduce((sum, value) => sum + value * value, 0)

function uniformityOf(vectors: Vectors): number | null {
  const stride = Math.max(1, Math.ceil(vectors.n / uniformityRows))
  const rows = Array.from({ length: Math.ceil(vectors.n / stride) }, (_, index) => index * stride)
  const mean = meanPairs(rows, (a, b) => Math.exp(-2 * (2 - 2 * cosine(vectors, a, b))))
  return mean === null ? null : Math.log(mean)
}

function languagePairs(
  vectors: Vectors,
  groups: ReadonlyMap<number, readonly number[]>,
  languages: readonly string[],
): StructureScore['pairs'] {
  const sums = new Map<string, { languages: readonly [string, string]; sum: number; count: number }>()
  for (const rows of groups.values())
    for (const [index, a] of rows.entries())
      for (const b of rows.slice(0, index)) {
        const [first = '', second = ''] = [languages[a] ?? '', languages[b] ?? ''].sort()
        if (first === second) continue
        const key = `${first}\t${second}`
        const entry = sums.get(key) ?? { languages: [first, second] as const, sum: 0, count: 0 }
        sums.set(key, { ...entry, sum: entry.sum + 1 - cosine(vectors, a, b), count: entry.count + 1 })
      }
  return [...sums]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { languages, sum, count }]) => ({ languages, distance: sum / count }))
}
