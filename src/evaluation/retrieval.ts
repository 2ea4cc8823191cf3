/**
 * Finding the picture that goes with a sound and the other way round, in the space of the projection heads: recall at 1, 5
 * and 10 and the median rank, each way, for each language and for any dub, beside what chance gives.
 */
import type { RetrievalScore } from '../schema/embedding-metrics'
import { randomRank } from './random-rank'
import { type Vectors, vectorsOf } from './vectors'

/** Projections of one modality: which snippet each row is of, and in which language. Audio has a row per dub. */
export interface ProjectedRows {
  /** [rows, d], of any length each. */
  readonly vectors: Float32Array
  /** [rows] */
  readonly snippets: readonly number[]
  /** [rows]; anything for pictures. */
  readonly languages: readonly string[]
}

/** What one query found: chances to have a right row among the nearest k, and the expected rank of the nearest one. */
interface Found {
  readonly snippet: number
  readonly rank: number
  readonly chanceRanks: { readonly right: number; readonly gallery: number }
  readonly hits: readonly number[]
  readonly chanceHits: readonly number[]
}

const depths = [1, 5, 10]
/** Stands for any language. */
const anyLanguage = 'all'

/**
 * Scores by cosine similarity, d values a row. Any row of the right snippet is a hit. Equally near rows count as in random
 * order, so that embeddings which are all the same find what chance finds. A snippet with many dubs counts no more than one
 * with few.
 * @throws when a modality has no rows.
 */
export function retrieve(audio: ProjectedRows, video: ProjectedRows, d: number): readonly RetrievalScore[] {
  if (audio.snippets.length === 0 || video.snippets.length === 0)
    throw new Error('Retrieval needs sound and pictures; the clips give only one of them.')
  const sounds = vectorsOf(audio.vectors, d)
  const pictures = vectorsOf(video.vectors, d)
  const languages = [anyLanguage, ...[...new Set(audio.languages)].sort()]
  const speaks = (row: number, language: string) => language === anyLanguage || audio.languages[row] === language
  const toVideo = languages.map((): Found[] => [])
  for (const [row, snippet] of audio.snippets.entries()) {
    const cosines = cosinesOf(sounds, row, pictures)
    const found = search(cosines, video.snippets, snippet, () => true)
    for (const [index, language] of languages.entries()) if (found && speaks(row, language)) toVideo[index]?.push(found)
  }
  const toAudio = languages.map((): Found[] => [])
  for (const [row, snippet] of video.snippets.entries()) {
    const cosines = cosinesOf(pictures, row, sounds)
    for (const [index, language] of languages.entries()) {
      const found = search(cosines, audio.snippets, snippet, (target) => speaks(target, language))
      if (found) toAudio[index]?.push(found)
    }
  }
  return languages.flatMap((language, index) => [
    ...scoreOf('audio-to-video', language, toVideo[index] ?? []),
    ...scoreOf('video-to-audio', language, toAudio[index] ?? []),
  ])
}

function cosinesOf(queries: Vectors, row: number, targets: Vectors): Float64Array {
  const query = queries.unit(row)
  return Float64Array.from({ length: targets.n }, (_, target) => targets.dotUnit(target, query))
}

/** Looks for `snippet` among the rows that `isIn`; null where it has none. */
function search(
  cosines: Float64Array,
  snippets: readonly number[],
  snippet: number,
  isIn: (row: number) => boolean,
): Found | null {
  let best = Number.NEGATIVE_INFINITY
  let gallery = 0
  let right = 0
  for (const [row, own] of snippets.entries()) {
    if (!isIn(row)) continue
    gallery++
    if (own !== snippet) continue
    right++
    best = Math.max(best, cosines[row] ?? best)
  }
  if (right === 0) return null
  let nearer = 0
  let tied = 0
  let tiedRight = 0
  for (const [row, own] of snippets.entries()) {
    const cosine = cosines[row] ?? Number.NEGATIVE_INFINITY
    if (!isIn(row) || cosine < best) continue
    if (cosine > best) nearer++
    else {
      tied++
      if (own === snippet) tiedRight++
    }
  }
  const among = randomRank(tied, tiedRight)
  const anywhere = randomRank(gallery, right)
  return {
    snippet,
    rank: nearer + among.mean,
    chanceRanks: { right, gallery },
    hits: depths.map((depth) => among.within(depth - nearer)),
    chanceHits: depths.map((depth) => anywhere.within(depth)),
  }
}

function scoreOf(
  direction: RetrievalScore['direction'],
  language: string,
  found: readonly Found[],
): readonly RetrievalScore[] {
  if (found.length === 0) return []
  const ofSnippet = new Map<number, number>()
  for (const { snippet } of found) ofSnippet.set(snippet, (ofSnippet.get(snippet) ?? 0) + 1)
  /** Every snippet weighs the same, whatever the number of its rows. */
  const weights = found.map(({ snippet }) => 1 / ((ofSnippet.get(snippet) ?? 1) * ofSnippet.size))
  const mean = (score: (one: Found) => number | undefined) =>
    found.reduce((sum, one, index) => sum + (weights[index] ?? 0) * (score(one) ?? 0), 0)
  const [r1 = 0, r5 = 0, r10 = 0] = depths.map((_, index) => mean(({ hits }) => hits[index]))
  const [c1 = 0, c5 = 0, c10 = 0] = depths.map((_, index) => mean(({ chanceHits }) => chanceHits[index]))
  const gallery = Math.max(...found.map(({ chanceRanks }) => chanceRanks.gallery))
  return [
    {
      direction,
      language,
      r1,
      r5,
      r10,
      medianRank: weightedMedian(found.map(({ rank }, index) => [rank, weights[index] ?? 0])),
      chance: { r1: c1, r5: c5, r10: c10, medianRank: chanceMedian(found, weights, gallery) },
      snippets: ofSnippet.size,
      gallery,
    },
  ]
}

/** The value below and above which half of the weight lies; midway where that is between two. */
function weightedMedian(pairs: readonly (readonly [value: number, weight: number])[]): number {
  const sorted = [...pairs].sort(([a], [b]) => a - b)
  const half = sorted.reduce((sum, [, weight]) => sum + weight, 0) / 2
  let below = 0
  for (const [index, [value, weight]] of sorted.entries()) {
    below += weight
    if (Math.abs(below - half) <= 1e-12) return (value + (sorted[index + 1]?.[0] ?? value)) / 2
    if (below > half) return value
  }
  return Number.NaN
}

/** Median of the rank that queries of these galleries have in random order. */
function chanceMedian(found: readonly Found[], weights: readonly number[], gallery: number): number {
  /** Queries with equal galleries have equal chances. */
  const kinds = new Map<string, { right: number; gallery: number; weight: number }>()
  for (const [index, { chanceRanks }] of found.entries()) {
    const key = `${chanceRanks.right} ${chanceRanks.gallery}`
    const kind = kinds.get(key) ?? { ...chanceRanks, weight: 0 }
    kind.weight += weights[index] ?? 0
    kinds.set(key, kind)
  }
  const ranks = [...kinds.values()].map((kind) => ({ ...kind, rank: randomRank(kind.gallery, kind.right) }))
  const within = (depth: number) => ranks.reduce((sum, { rank, weight }) => sum + weight * rank.within(depth), 0)
  let low = 1
  let high = gallery
  while (low < high) {
    const middle = (low + high) >> 1
    if (within(middle) >= 0.5 - 1e-12) high = middle
    else low = middle + 1
  }
  return Math.abs(within(low) - 0.5) <= 1e-12 ? low + 0.5 : low
}
