/**
 * Clips of the LVU benchmark, each embedded whole: its picture up to its last frame and its original soundtrack from first to
 * last sample (`spec/evaluation.md` section 1.1). Embeddings stay in the browser's storage by what the files hold.
 */
import { combineSources } from '../../corpus/combined-source'
import { editSource } from '../../corpus/edited-source'
import type { OpenTitle } from '../../corpus/open-corpus'
import { titleSoundtracks } from '../../corpus/title-tracks'
import { WindowReader } from '../../corpus/window-reader'
import { embedSegments, type Segment } from '../../evaluation/clip-embeddings'
import type { LvuTask } from '../../evaluation/lvu-task'
import { openMedia } from '../../media/source'
import type { Modality } from '../../schema/mvit'
import type { MediaFile, Problem } from '../api'
import { contentHash } from '../content-hash'
import { type JobContext, remainingTime } from './job'
import { SoundCache } from './sound-cache'
import { type LoadedWeights, upstreamWeights } from './weights'

/** Embeddings of one clip; null where it has no such track, or the weights no such network. */
export type ClipEmbeddings = Readonly<Record<Modality | 'audio+video', Float32Array | null>>

/** How results say which views of a frame were embedded. */
export const cropsInWords = (crops: 1 | 5): string => (crops === 1 ? '1 crop' : `${crops} crops`)

const modalities: readonly Modality[] = ['audio', 'video']

/**
 * Every clip of the tasks once, by path.
 * @param share Of the cell's progress, what embedding takes.
 * @throws when no clip can be read.
 */
export async function embedLvuClips(
  context: JobContext,
  tasks: readonly LvuTask<MediaFile>[],
  crops: 1 | 5,
  share: number,
): Promise<{ embedded: ReadonlyMap<string, ClipEmbeddings>; problems: Problem[] }> {
  const { signal, progress } = context
  const weights = await upstreamWeights(context)
  const caches = {
    audio: await SoundCache.open(`${weights.hash}.clips-audio`),
    video: await SoundCache.open(`${weights.hash}.clips-video-${crops}`),
  }
  const clips = new Map(tasks.flatMap(({ items }) => items.map(({ clip }) => [clip.path, clip])))
  const embedded = new Map<string, ClipEmbeddings>()
  const problems: Problem[] = []
  const startedAt = performance.now()
  let done = 0
  // One clip at a time: a folder holds thousands, and each keeps its tables while it is open.
  for (const [path, clip] of clips) {
    signal.throwIfAborted()
    const fraction = (share * done++) / clips.size
    const remainingS = remainingTime(startedAt, fraction)
    progress({
      message: `Embedding clip ${done} of ${clips.size}`,
      fraction,
      ...(remainingS === undefined ? {} : { remainingS }),
    })
    const key = await contentHash(clip.file)
    if (modalities.some((modality) => weights.network.shapes[modality] && !caches[modality].get(key))) {
      const { problem, ...fresh } = await embedClip(context, weights, clip, crops)
      if (problem !== undefined) problems.push({ file: path, message: problem })
      for (const modality of modalities) await caches[modality].add(key, fresh[modality] ?? new Float32Array())
    }
    const [audio = null, video = null] = modalities.map((modality) => caches[modality].get(key))
    const both = audio && video ? Float32Array.of(...audio, ...video) : null
    embedded.set(path, { audio, video, 'audio+video': both })
  }
  for (const modality of modalities) await caches[modality].flush()
  if ([...embedded.values()].every(({ audio, video }) => !audio && !video))
    throw new Error(`No clip can be read. ${problems.map(({ message }) => message).join(' ')}`)
  return { embedded, problems }
}

type FreshEmbeddings = Readonly<Partial<Record<Modality, Float32Array>>> & { readonly problem?: string }

async function embedClip(
  context: JobContext,
  { network, tensors }: LoadedWeights,
  { path, file }: MediaFile,
  crops: 1 | 5,
): Promise<FreshEmbeddings> {
  const { signal } = context
  let title: OpenTitle
  try {
    title = await openClip(path, file)
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) }
  }
  try {
    const segments = (await wholeClip(title, signal)).filter(({ source }) => network.shapes[source.modality])
    if (segments.length === 0) return { problem: `${path}: it has no track that this browser decodes.` }
    const reader = new WindowReader({ titles: [title], problems: [] })
    const results = await embedSegments(await context.gpu(), network, tensors, reader, segments, {
      cache: new Map(),
      crops,
      signal,
      onProgress: () => undefined,
    })
    return Object.fromEntries(
      segments.map(({ source }, index) => [source.modality, results[index]?.embedding ?? new Float32Array()]),
    )
  } finally {
    title.source.close()
  }
}

/** A file as a title of its own, also one of sound or picture only. @throws when it is no media file. */
async function openClip(path: string, file: Blob): Promise<OpenTitle> {
  const source = editSource(combineSources(path, await openMedia(path, file)), () => undefined)
  const video = source.tracks.find(({ kind, decodable }) => kind === 'video' && decodable)
  return {
    file: path,
    source,
    videoTrackId: video?.id ?? -1,
    audio: titleSoundtracks(source),
    durationS: source.durationS,
    snippets: [],
    segments: [],
  }
}

async function wholeClip(title: OpenTitle, signal: AbortSignal): Promise<Segment[]> {
  const { source, videoTrackId, audio } = title
  const [track] = audio
  const segments: Segment[] = []
  if (track)
    segments.push({
      title,
      startS: track.startS,
      endS: track.endS,
      source: { modality: 'audio', trackId: track.trackId },
    })
  if (videoTrackId < 0) return segments
  const frames = await source.frameTimes(videoTrackId, 0, Number.POSITIVE_INFINITY, signal)
  return [...segments, { title, startS: 0, endS: frames.at(-1) ?? 0, source: { modality: 'video' } }]
}
