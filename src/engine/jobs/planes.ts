/** The planes on which embeddings are looked at: two principal components of each space. */

import { alignByPairs } from '../../evaluation/alignment'
import { concatenated, type MeanEmbedding } from '../../evaluation/clip-station'
import { principalPlane } from '../../evaluation/pca'
import { type EmbeddingSpace, embeddingSpaces } from '../../schema/embedding-space'
import type { EmbeddingRow, Looks, Planes } from '../api'

const planeOf = (vectors: readonly Float32Array[]): Float32Array =>
  principalPlane(concatenated(vectors), vectors.length, vectors[0]?.length ?? 0)

/** @param rows of which modality each embedding is. */
export function planesOf(
  rows: readonly { readonly modality: 'audio' | 'video' }[],
  embedded: readonly MeanEmbedding[],
): Planes {
  const of = (modality: 'audio' | 'video') =>
    planeOf(embedded.filter((_, index) => rows[index]?.modality === modality).map(({ embedding }) => embedding))
  const projections = embedded.map(({ projection }) => projection)
  const both = new Set(rows.map(({ modality }) => modality)).size > 1
  return {
    audio: of('audio'),
    video: of('video'),
    joint: both && projections.every(({ length }) => length > 0) ? planeOf(projections) : null,
  }
}

/** Planes of an embed cell laid on the last look at the training, by the clips that both hold. */
export function laidOnLooks(planes: Planes, rows: readonly EmbeddingRow[], looks: Looks | null): Planes {
  const last = looks?.taken.at(-1)?.planes
  if (!looks || !last) return planes
  const laid = (space: EmbeddingSpace): Float32Array | null => {
    const [plane, before] = [planes[space], last[space]]
    if (!plane || !before) return plane
    const isIn = ({ modality }: EmbeddingRow) => space === 'joint' || modality === space
    const own = rows.filter(isIn)
    const pairs = looks.rows.filter(isIn).flatMap((look, at) => {
      const point = own.findIndex((row) => holds(row, look))
      return point < 0 ? [] : [[point, at] as const]
    })
    return alignByPairs(plane, before, pairs)
  }
  const [joint = null, audio, video] = embeddingSpaces.map(laid)
  return { joint, audio: audio ?? planes.audio, video: video ?? planes.video }
}

/** Whether a look's window is of a row's snippet. */
const holds = (row: EmbeddingRow, look: EmbeddingRow): boolean =>
  row.modality === look.modality &&
  row.language === look.language &&
  row.file === look.file &&
  row.startS <= look.startS &&
  row.endS >= look.endS
