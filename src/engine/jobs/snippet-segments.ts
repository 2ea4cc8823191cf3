/** The snippets of a corpus as stretches to embed: the picture of each, and its sound in every language. */
import type { OpenCorpus, OpenTitle } from '../../corpus/open-corpus'
import type { Segment } from '../../evaluation/clip-embeddings'
import type { EmbeddingRow } from '../api'

export interface SnippetSegment extends Segment {
  /** Counted over all titles: which snippet this is a view of. */
  readonly snippet: number
  readonly language: string
}

/** Video views of all snippets, then each snippet's sound in every language that covers it. */
export function snippetSegments(corpus: OpenCorpus): SnippetSegment[] {
  const snippets = corpus.titles.flatMap((title) => title.snippets.map((snippet) => ({ title, ...snippet })))
  const video = snippets.map(
    (snippet, index): SnippetSegment => ({ ...snippet, snippet: index, language: '', source: { modality: 'video' } }),
  )
  const audio = snippets.flatMap((snippet, index) =>
    snippet.title.audio
      .filter(({ startS, endS }) => startS < snippet.endS && endS > snippet.startS)
      .map(
        ({ trackId, language }): SnippetSegment => ({
          ...snippet,
          snippet: index,
          language,
          source: { modality: 'audio', trackId },
        }),
      ),
  )
  return [...video, ...audio]
}

export const rowOf = ({ title, startS, endS, language, source }: SnippetSegment): EmbeddingRow => {
  const labels = labelsOf(title, startS, endS)
  return {
    modality: source.modality,
    file: title.file,
    startS,
    endS,
    language,
    scene: labels.scene ?? Object.values(labels)[0] ?? '',
    labels,
  }
}

/** Labels of a stretch: in each column that of the segment which covers most of it. */
function labelsOf({ segments }: OpenTitle, startS: number, endS: number): EmbeddingRow['labels'] {
  const best = new Map<string, { overlapS: number; label: string }>()
  for (const segment of segments) {
    const overlapS = Math.min(endS, segment.endS) - Math.max(startS, segment.startS)
    for (const [column, label] of Object.entries(segment.labels))
      if (overlapS > (best.get(column)?.overlapS ?? 0)) best.set(column, { overlapS, label })
  }
  return Object.fromEntries([...best].map(([column, { label }]) => [column, label]))
}
