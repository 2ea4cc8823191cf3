/** What embeddings of snippets are worth: retrieval across modalities, and how dubs lie to each other. */
import type { MeanEmbedding } from '../../evaluation/clip-station'
import { concatenated } from '../../evaluation/clip-station'
import { retrieve } from '../../evaluation/retrieval'
import { crossAlignment, type EmbeddedRows, structureOf } from '../../evaluation/structure'
import type { RetrievalScore, StructureScore } from '../../schema/embedding-metrics'
import type { SnippetSegment } from './snippet-segments'

export interface EmbeddingScores {
  /** Empty without projection heads, or with one modality. */
  readonly retrieval: readonly RetrievalScore[]
  readonly structure: readonly StructureScore[]
  /** Mean squared distance of the projections of a picture and its sounds. */
  readonly pictureSoundAlignment: number | null
}

/** Scores of rows in the order of their segments. */
export function scoresOf(segments: readonly SnippetSegment[], embedded: readonly MeanEmbedding[]): EmbeddingScores {
  const rowsOf = (modality: 'audio' | 'video', key: 'embedding' | 'projection'): EmbeddedRows | null => {
    const own = segments.flatMap((segment, index) => {
      const vector = embedded[index]?.[key]
      return segment.source.modality === modality && vector && vector.length > 0 ? [{ ...segment, vector }] : []
    })
    const d = own[0]?.vector.length
    if (d === undefined) return null
    return {
      vectors: concatenated(own.map(({ vector }) => vector)),
      d,
      snippets: own.map(({ snippet }) => snippet),
      languages: own.map(({ language }) => language),
    }
  }
  const audio = rowsOf('audio', 'embedding')
  const video = rowsOf('video', 'embedding')
  const sounds = rowsOf('audio', 'projection')
  const pictures = rowsOf('video', 'projection')
  return {
    retrieval: sounds && pictures ? retrieve(sounds, pictures, sounds.d) : [],
    structure: [
      ...(audio ? [structureOf('audio', audio)] : []),
      ...(video ? [structureOf('video', video)] : []),
      ...(sounds ? [structureOf('projection', sounds)] : []),
    ],
    pictureSoundAlignment: sounds && pictures ? crossAlignment(sounds, pictures) : null,
  }
}
