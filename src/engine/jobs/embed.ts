/** The embed cell: every snippet, picture and each language, through the frozen networks; planes and retrieval. */
import type { OpenCorpus, OpenTitle } from '../../corpus/open-corpus'
import { WindowReader } from '../../corpus/window-reader'
import { embedSegments, type Segment } from '../../evaluation/clip-embeddings'
import type { MeanEmbedding } from '../../evaluation/clip-station'
import { principalPlane } from '../../evaluation/pca'
import { retrieve } from '../../evaluation/retrieval'
import { writeCsv } from '../../formats/csv'
import { writeNpy } from '../../formats/npy'
import { still } from '../../media/still'
import { saveBytes } from '../../storage/result-store'
import type { EmbeddingRow, EmbedResult } from '../api'
import { type Job, remainingTime } from './job'
import { upstreamWeights } from './weights'

export const embeddingFiles = ['embeddings-audio.npy', 'embeddings-video.npy', 'embeddings.csv'] as const
const stillWidth = 128

interface SnippetSegment extends Segment {
  /** Counted over all titles: which snippet this is a view of. */
  readonly snippet: number
  readonly language: string
}

export const runEmbed: Job = async (context): Promise<EmbedResult> => {
  const { request, progress, signal } = context
  const corpus = context.corpus()
  const { hash: weightsHash, network, tensors } = await upstreamWeights(context)
  const crops = request.settings.crops === '5' ? 5 : 1
  const segments = snippetSegments(corpus).filter(({ source }) => network.shapes[source.modality] !== undefined)
  const startedAt = performance.now()
  const embedded = await embedSegments(await context.gpu(), network, tensors, new WindowReader(corpus), segments, {
    crops,
    signal,
    cache: context.embeddingCache(`${weightsHash} ${crops}`),
    onProgress: (done, total) =>
      progress({
        message: `Embedding ${done} of ${total}`,
        fraction: done / total,
        remainingS: remainingTime(startedAt, done / total),
      }),
  })
  const rows = segments.map(rowOf)
  const of = (modality: 'audio' | 'video') =>
    embedded.flatMap(({ embedding }, index) => (rows[index]?.modality === modality ? [embedding] : []))
  const dimensionOf = (modality: 'audio' | 'video') => network.shapes[modality]?.outputDim ?? 0
  await storeEmbeddings(request.hash, rows, of('audio'), of('video'), dimensionOf)
  const width = network.head?.layers.at(-1)
  const retrieval = width === undefined ? null : retrievalOf(segments, embedded, width)
  const snippetStills: (Blob | null)[] = []
  for (const { title, startS, endS, source } of segments)
    if (source.modality === 'video') snippetStills.push(await still(title.source, (startS + endS) / 2, stillWidth))
  const projections = embedded.map(({ projection }) => projection)
  return {
    kind: 'embed',
    rows,
    backbonePlane: { audio: planeOf(of('audio')), video: planeOf(of('video')) },
    jointPlane: retrieval && planeOf(projections),
    stills: snippetStills,
    metrics: {
      count: rows.length,
      dimension: dimensionOf(network.shapes.audio ? 'audio' : 'video'),
      retrievalAudioToVideoR1: retrieval?.audioToVideo ?? null,
      retrievalVideoToAudioR1: retrieval?.videoToAudio ?? null,
      chanceR1: retrieval?.chance ?? null,
      crops,
    },
  }
}

/** Video views of all snippets, then each snippet's sound in every language that covers it. */
function snippetSegments(corpus: OpenCorpus): SnippetSegment[] {
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

const rowOf = ({ title, startS, endS, language, source }: SnippetSegment): EmbeddingRow => ({
  modality: source.modality,
  file: title.file,
  startS,
  endS,
  language,
  scene: sceneOf(title, startS, endS),
})

/** Scene label of the segment that covers most of a stretch. */
function sceneOf({ segments }: OpenTitle, startS: number, endS: number): string {
  let best = { overlapS: 0, scene: '' }
  for (const segment of segments) {
    const overlapS = Math.min(endS, segment.endS) - Math.max(startS, segment.startS)
    const scene = segment.labels.scene ?? Object.values(segment.labels)[0] ?? ''
    if (overlapS > best.overlapS) best = { overlapS, scene }
  }
  return best.scene
}

function concatenate(vectors: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  const width = vectors[0]?.length ?? 0
  const all = new Float32Array(vectors.length * width)
  for (const [index, vector] of vectors.entries()) all.set(vector, index * width)
  return all
}

const planeOf = (vectors: readonly Float32Array[]): Float32Array =>
  principalPlane(concatenate(vectors), vectors.length, vectors[0]?.length ?? 0)

function retrievalOf(segments: readonly SnippetSegment[], embedded: readonly MeanEmbedding[], width: number) {
  const side = (modality: 'audio' | 'video') => {
    const of = segments.flatMap(({ source, snippet }, index) => {
      const projection = embedded[index]?.projection
      return source.modality === modality && projection ? [{ snippet, projection }] : []
    })
    return {
      vectors: concatenate(of.map(({ projection }) => projection)),
      snippets: of.map(({ snippet }) => snippet),
    }
  }
  return retrieve(side('audio'), side('video'), width)
}

/** The files of DESIGN section 6: [N, D] per modality, and a table with a row per row. */
async function storeEmbeddings(
  hash: string,
  rows: readonly EmbeddingRow[],
  audio: readonly Float32Array[],
  video: readonly Float32Array[],
  dimensionOf: (modality: 'audio' | 'video') => number,
): Promise<void> {
  await saveBytes(hash, 'embeddings-audio.npy', writeNpy(concatenate(audio), [audio.length, dimensionOf('audio')]))
  await saveBytes(hash, 'embeddings-video.npy', writeNpy(concatenate(video), [video.length, dimensionOf('video')]))
  const counters = { audio: 0, video: 0 }
  const table = writeCsv([
    ['modality', 'row', 'file', 'start', 'end', 'language'],
    ...rows.map(({ modality, file, startS, endS, language }) => [
      modality,
      counters[modality]++,
      file,
      startS,
      endS,
      language,
    ]),
  ])
  await saveBytes(hash, 'embeddings.csv', [new TextEncoder().encode(table)])
}
