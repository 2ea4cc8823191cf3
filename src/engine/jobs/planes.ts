/** The planes on which embeddings are looked at: two principal components of each space. */
import { concatenated, type MeanEmbedding } from '../../evaluation/clip-station'
import { principalPlane } from '../../evaluation/pca'
import type { Planes } from '../api'

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
