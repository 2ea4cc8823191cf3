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
  /** Told, in seconds, how long the network had nothing to do because media were being decoded. */
  onWaited?(seconds: number): void
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
    const own = [...segments.entries()].filter(([, { source }]) => source.modality === modality)
    if (own.length === 0) continue
    const station = await ClipStation.create(context, network, modality, weights)
    try {
      const windows = readAhead(windowsOf(own, network, reader, options), (seconds) => options.onWaited?.(seconds))
      for await (const { clips, index, isLast } of windows) {
        options.signal.throwIfAborted()
        for (const clip of clips) await station.add(clip, means[index])
        if (isLast) options.onProgress(++done, segments.length)
      }
      await station.flush()
    } finally {
      station.destroy()
    }
  }
  return means.map((mean) => mean.result())
}

/** What is embedded at once of a segment: the clips of one window of pictures, or of all windows of its sound. */
interface SegmentWindow {
  readonly index: number
  readonly clips: readonly Clip[]
  readonly isLast: boolean
}

async function* windowsOf(
  segments: readonly (readonly [index: number, segment: Segment])[],
  network: FrozenNetwork,
  reader: WindowReader,
  { crops, signal }: Pick<EmbeddingOptions, 'crops' | 'signal'>,
): AsyncGenerator<SegmentWindow> {
  const [, frames = 1, size = 1] = network.config.video?.input ?? []
  for (const [index, { title, startS, endS, source }] of segments) {
    if (source.modality === 'audio') {
      const sound = await reader.sound(title, source.trackId, startS, endS - startS, signal)
      yield { index, clips: soundClips(sound, startS), isLast: true }
      continue
    }
    const lastS = await reader.lastFrameS(title, startS, endS, signal)
    // The windows of a picture reach to the time of its last frame; a stretch within one frame is taken as it is.
    const windows = videoWindows((lastS > startS ? Math.min(lastS, endS) : endS) - startS)
    if (windows.length === 0) yield { index, clips: [], isLast: true }
    for (const [position, [from, to]] of windows.entries()) {
      const picture = await reader.clip(title, startS + from, to - from, frames, signal)
      const shown = pictureSize(picture)
      const views = crops === 5 ? fiveCropViews(shown, size) : [centreView(shown, size)]
      const rangeS = [startS + from, startS + to] as const
      const clips = views.map((view): Clip => ({ modality: 'video', rangeS, frames: picture, view }))
      yield { index, clips, isLast: position === windows.length - 1 }
    }
  }
}

/**
 * The same values, each sought while the one before is worked on.
 * @param onWaited Told how long each value was waited for, in seconds.
 */
async function* readAhead<T>(values: AsyncGenerator<T>, onWaited: (seconds: number) => void): AsyncGenerator<T> {
  let next = values.next()
  for (;;) {
    const startedAt = performance.now()
    const { value, done } = await next
    onWaited((performance.now() - startedAt) / 1000)
    if (done) return
    next = values.next()
    // It is awaited in the next round; a failure before that must not go unheard.
    next.catch(() => undefined)
    yield value
  }
}
