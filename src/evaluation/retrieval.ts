/** Finding the picture that goes with a sound and the other way round, in the space of the projection heads. */

/** Projections of one modality: which snippet each row is of. Audio has a row per dub. */
export interface ProjectedRows {
  /** [rows, d], of any length each. */
  readonly vectors: Float32Array
  /** [rows] */
  readonly snippets: readonly number[]
}

export interface Retrieval {
  /** Share of queries whose nearest row of the other modality is of the same snippet (R@1). */
  readonly audioToVideo: number
  readonly videoToAudio: number
  /** 1 / snippets. */
  readonly chance: number
}

/**
 * R@1 by cosine similarity over all snippets, d values a row. Any dub of the right snippet is a hit; a snippet with many
 * dubs counts no more than one with few. The first of equally near rows is taken.
 * @throws when a modality has no rows.
 */
export function retrieve(audio: ProjectedRows, video: ProjectedRows, d: number): Retrieval {
  if (audio.snippets.length === 0 || video.snippets.length === 0)
    throw new Error('Retrieval needs sound and pictures; the clips give only one of them.')
  const normalisedAudio = { snippets: audio.snippets, vectors: normalised(audio.vectors, d) }
  const normalisedVideo = { snippets: video.snippets, vectors: normalised(video.vectors, d) }
  return {
    audioToVideo: recallAt1(normalisedAudio, normalisedVideo, d),
    videoToAudio: recallAt1(normalisedVideo, normalisedAudio, d),
    chance: 1 / new Set([...audio.snippets, ...video.snippets]).size,
  }
}

function normalised(vectors: Float32Array, d: number): Float32Array {
  const out = new Float32Array(vectors.length)
  for (let start = 0; start < vectors.length; start += d) {
    const row = vectors.subarray(start, start + d)
    const norm = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0))
    out.set(
      row.map((value) => value / Math.max(norm, 1e-12)),
      start,
    )
  }
  return out
}

/** Mean over snippets of the share of their rows whose nearest target is theirs. */
function recallAt1(queries: ProjectedRows, targets: ProjectedRows, d: number): number {
  const hits = new Map<number, { rows: number; hits: number }>()
  for (const [row, snippet] of queries.snippets.entries()) {
    const nearest = nearestRow(queries.vectors.subarray(row * d, (row + 1) * d), targets.vectors)
    const count = hits.get(snippet) ?? { rows: 0, hits: 0 }
    count.rows++
    if (targets.snippets[nearest] === snippet) count.hits++
    hits.set(snippet, count)
  }
  return [...hits.values()].reduce((sum, count) => sum + count.hits / count.rows, 0) / hits.size
}

function nearestRow(query: Float32Array, targets: Float32Array): number {
  const d = query.length
  let best = Number.NEGATIVE_INFINITY
  let nearest = 0
  for (let row = 0; row * d < targets.length; row++) {
    let dot = 0
    // Both arrays hold d values from here on.
    for (let i = 0; i < d; i++) dot += (query[i] as number) * (targets[row * d + i] as number)
    if (dot > best) {
      best = dot
      nearest = row
    }
  }
  return nearest
}
