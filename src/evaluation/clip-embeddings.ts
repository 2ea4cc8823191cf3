/**
 * Stretches of titles to one embedding each: 3 s windows by the authors' rule, every window through the frozen network,
 * then the mean (`spec/evaluation.md` section 1).
 */
import type { OpenTitle } from '../corpus/open-corpus'
import type { WindowReader } from '../corpus/window-reader'
import { centreView, fiveCropViews, pictureSize } from '../features/video-views'
import type { GpuContext } from '../gpu/gpu-context'
import type { FrozenNetwork } from '../models/network'
import { type Clip, ClipStation, Mean, type MeanEmbedding, soundClips } from './clip-station'
import { storeNetwork, type WeightRanges } from './embedder'
import { videoWindows } from './windows'

/** A stretch of a title to embed: its picture, or its sound in one language. */
export interface Segment {
  readonly title: OpenTitle
  readonly startS: number
  readonly endS: number
  readonly source: { readonly modality: 'video' } | { readonly modality: 'audio'; readonly trackId: number }
}

/** Embeddings of one corpus by one set of weights, so that cells that ask for the same stretch share the work. */
export type EmbeddingCache = Map<string, MeanEmbedding>

const cacheKey = ({ title, startS, endS, source }: Segment): string =>
  [source.modality === 'audio' ? source.trackId : 'video', startS, endS, title.file].join(' ')

export interface EmbeddingOptions {
  readonly cache: EmbeddingCache
  readonly crops: 1 | 5
  readonly signal: AbortSignal
  onProgress(done: number, total: number): void
}

/** Embeds all segments with one set of weights; what the cache holds is not computed again. */
export async function embedSegments(
  context: GpuContext,
  network: FrozenNetwork,
  tensors: ReadonlyMap<string, Float32Array>,
  reader: WindowReader,
  segments: readonly Segment[],
  options: EmbeddingOptions,
): Promise<MeanEmbedding[]> {
  const { cache } = options
  const missing = segments.filter((segment) => !cache.has(cacheKey(segment)))
  if (missing.length > 0) await embedMissing(context, network, tensors, reader, missing, options)
  return segments.map((segment) => {
    const embedded = cache.get(cacheKey(segment))
    if (!embedded) throw new Error(`${segment.title.file}: ${segment.startS} to ${segment.endS} s was not embedded.`)
    return embedded
  })
}

async function embedMissing(
  context: GpuContext,
  network: FrozenNetwork,
  tensors: ReadonlyMap<string, Float32Array>,
  reader: WindowReader,
  segments: readonly Segment[],
  options: EmbeddingOptions,
): Promise<void> {
  const weights = await storeNetwork(context, network, tensors)
  try {
    const embedded = await embedWith(context, network, weights, reader, segments, options)
    for (const [index, segment] of segments.entries()) {
      const result = embedded[index]
      if (result) options.cache.set(cacheKey(segment), result)
    }
  } finally {
    weights.destroy()
  }
}

/** Embeds all segments with weights that lie in GPU memory, whoever owns them. */
export async function embedWith(
  context: GpuContext,
  network: FrozenNetwork,
  weights: WeightRanges,
  reader: WindowReader,
  segments: readonly Segment[],
  options: Omit<EmbeddingOptions, 'cache'>,
): Promise<MeanEmbedding[]> {
  const means = segments.map(() => new Mean())
  let done = 0
  for (const modality of ['video', 'audio'] as const) {
    if (!segments.some(({ source }) => source.modality === modality)) continue
    const station = await ClipStation.create(context, network, modality, weights)
    try {
      for (const [index, segment] of segments.entries()) {
        if (segment.source.modality !== modality) continue
        options.signal.throwIfAborted()
        for (const clip of await clipsOf(segment, network, reader, options)) await station.add(clip, means[index])
        options.onProgress(++done, segments.length)
      }
      await station.flush()
    } finally {
      station.destroy()
    }
  }
  return means.map((mean) => mean.result())
}

/** The windows of a segment as prepared clips, five per window with five crops. */
async function clipsOf(
  segment: Segment,
  network: FrozenNetwork,
  reader: WindowReader,
  options: Pick<EmbeddingOptions, 'crops' | 'signal'>,
): Promise<Clip[]> {
  const { title, startS, endS, source } = segment
  if (source.modality === 'audio') {
    const sound = await reader.sound(title, source.trackId, startS, endS - startS, options.signal)
    return soundClips(sound, startS)
  }
  const [, frames = 1, size = 1] = network.config.video?.input ?? []
  const clips: Clip[] = []
  for (const [from, to] of videoWindows(endS - startS)) {
    const picture = await reader.clip(title, startS + from, to - from, frames, options.signal)
    const shown = pictureSize(picture)
    const views = options.crops === 5 ? fiveCropViews(shown, size) : [centreView(shown, size)]
    for (const view of views)
      clips.push({ modality: 'video', rangeS: [startS + from, startS + to], frames: picture, view })
  }
  return clips
}
