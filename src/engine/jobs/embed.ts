/** The embed cell: every snippet, picture and each language, through the frozen networks; planes, retrieval, structure, files. */
import { WindowReader } from '../../corpus/window-reader'
import { embedSegments } from '../../evaluation/clip-embeddings'
import { still } from '../../media/still'
import { saveBytes } from '../../storage/result-store'
import type { EmbedResult } from '../api'
import { filesOf } from './embedding-files'
import { scoresOf } from './embedding-scores'
import { type Job, remainingTime } from './job'
import { laidOnLooks, planesOf } from './planes'
import { rowOf, type SnippetSegment, snippetSegments } from './snippet-segments'
import { upstreamWeights } from './weights'

const stillWidth = 128

export const runEmbed: Job = async (context): Promise<EmbedResult> => {
  const { request, progress, signal } = context
  const corpus = context.corpus()
  const { hash: weightsHash, network, tensors } = await upstreamWeights(context)
  const crops = request.settings.crops === '5' ? 5 : 1
  const segments = snippetSegments(corpus).filter(({ source }) => network.shapes[source.modality] !== undefined)
  const startedAt = performance.now()
  let waitedS = 0
  const embedded = await embedSegments(await context.gpu(), network, tensors, new WindowReader(corpus), segments, {
    crops,
    signal,
    cache: context.embeddingCache(`${weightsHash} ${crops}`),
    onWaited(seconds) {
      waitedS += seconds
    },
    onProgress: (done, total) =>
      progress({
        message: `Embedding ${done} of ${total}`,
        fraction: done / total,
        remainingS: remainingTime(startedAt, done / total),
      }),
  })
  const embeddingS = (performance.now() - startedAt) / 1000
  const rows = segments.map(rowOf)
  const dimensionOf = (modality: 'audio' | 'video') => network.shapes[modality]?.outputDim ?? 0
  progress({ message: 'Writing embeddings', fraction: 1 })
  for (const { name, parts } of await filesOf(segments, rows, embedded, crops, dimensionOf))
    await saveBytes(request.hash, name, parts)
  const scores = scoresOf(segments, embedded)
  const trained = request.upstream.some(({ kind }) => kind === 'pretrain')
  const looks = trained ? ((await context.upstream('pretrain')).result.looks ?? null) : null
  const recall = (direction: 'audio-to-video' | 'video-to-audio') =>
    scores.retrieval.find((score) => score.direction === direction && score.language === 'all')
  return {
    kind: 'embed',
    rows,
    planes: laidOnLooks(planesOf(rows, embedded), rows, looks),
    stills: await stillsOf(segments),
    metrics: {
      count: rows.length,
      dimension: dimensionOf(network.shapes.audio ? 'audio' : 'video'),
      retrievalAudioToVideoR1: recall('audio-to-video')?.r1 ?? null,
      retrievalVideoToAudioR1: recall('video-to-audio')?.r1 ?? null,
      chanceR1: recall('audio-to-video')?.chance.r1 ?? null,
      crops,
      waitingForMedia: embeddingS > 0 ? waitedS / embeddingS : 0,
      ...scores,
    },
  }
}

/** A small picture of each snippet, in the order of the video rows. */
export async function stillsOf(segments: readonly SnippetSegment[]): Promise<(Blob | null)[]> {
  const stills: (Blob | null)[] = []
  for (const { title, startS, endS, source } of segments)
    if (source.modality === 'video') stills.push(await still(title.source, (startS + endS) / 2, stillWidth))
  return stills
}
