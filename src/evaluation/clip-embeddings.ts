/**
 * Stretches of titles to one embedding each: 3 s windows by the authors' rule, every window through the frozen network,
 * then the mean (`spec/evaluation.md` section 1).
 */
import type { OpenTitle } from '../corpus/open-corpus'
import type { WindowReader } from '../corpus/window-reader'
import { type AudioClip, AudioInputs } from '../features/audio-inputs'
import { type VideoClip, VideoInputs } from '../features/video-inputs'
import { centreView, fiveCropViews, pictureSize } from '../features/video-views'
import type { GpuContext } from '../gpu/gpu-context'
import { type BufferRange, TensorStore } from '../gpu/memory'
import { f32Tensor } from '../gpu/operator'
import type { FrozenNetwork } from '../models/network'
import type { Modality } from '../schema/mvit'
import { Embedder, storeNetwork } from './embedder'
import { audioWindows, videoWindows } from './windows'

/** A stretch of a title to embed: its picture, or its sound in one language. */
export interface Segment {
  readonly title: OpenTitle
  readonly startS: number
  readonly endS: number
  readonly source: { readonly modality: 'video' } | { readonly modality: 'audio'; readonly trackId: number }
}

export interface SegmentEmbedding {
  /** [D] of the backbone: the mean over windows and crops. */
  readonly embedding: Float32Array
  /** [d] of the head: the mean over windows and crops of normalised projections, normalised again; empty without one. */
  readonly projection: Float32Array
}

/** Clips of one run of the network: enough to keep a GPU busy, little enough for any memory. */
const clipsPerRun = 8

/** Embeddings of one corpus by one set of weights, so that cells that ask for the same stretch share the work. */
export type EmbeddingCache = Map<string, SegmentEmbedding>

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
): Promise<SegmentEmbedding[]> {
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
  const means = segments.map(() => new Mean())
  let done = 0
  const advance = () => options.onProgress(++done, segments.length)
  try {
    for (const modality of ['video', 'audio'] as const) {
      if (!segments.some(({ source }) => source.modality === modality)) continue
      const station = await Station.create(context, network, modality, weights)
      try {
        for (const [index, segment] of segments.entries()) {
          if (segment.source.modality !== modality) continue
          options.signal.throwIfAborted()
          for (const clip of await clipsOf(segment, network, reader, options)) await station.add(clip, means[index])
          advance()
        }
        await station.flush()
      } finally {
        station.destroy()
      }
    }
  } finally {
    weights.destroy()
  }
  for (const [index, segment] of segments.entries()) {
    const mean = means[index]
    if (mean) options.cache.set(cacheKey(segment), mean.result())
  }
}

/** A clip that has no row yet. */
type Clip =
  | ({ readonly modality: 'video' } & Omit<VideoClip, 'row'>)
  | ({ readonly modality: 'audio' } & Omit<AudioClip, 'row'>)

/** The windows of a segment as prepared clips, five per window with five crops. */
async function clipsOf(
  segment: Segment,
  network: FrozenNetwork,
  reader: WindowReader,
  options: EmbeddingOptions,
): Promise<Clip[]> {
  const { title, startS, endS, source } = segment
  if (source.modality === 'audio') {
    const sound = await reader.sound(title, source.trackId, startS, endS - startS, options.signal)
    const samples = sound.channels[0]?.length ?? 0
    return audioWindows(samples, sound.sampleRate).map(([from, to]) => ({
      modality: 'audio',
      sound: { ...sound, channels: sound.channels.map((channel) => channel.subarray(from, to)) },
    }))
  }
  const [, frames = 1, size = 1] = network.config.video?.input ?? []
  const clips: Clip[] = []
  for (const [from, to] of videoWindows(endS - startS)) {
    const picture = await reader.clip(title, startS + from, to - from, frames, options.signal)
    const shown = pictureSize(picture)
    const views = options.crops === 5 ? fiveCropViews(shown, size) : [centreView(shown, size)]
    for (const view of views) clips.push({ modality: 'video', frames: picture, view })
  }
  return clips
}

/** Running mean of one segment. */
class Mean {
  private count = 0
  private embedding = new Float64Array()
  private projection = new Float64Array()

  add(embedding: Float32Array, projection: Float32Array): void {
    if (this.count === 0) {
      this.embedding = new Float64Array(embedding.length)
      this.projection = new Float64Array(projection.length)
    }
    this.count++
    const length = Math.hypot(...projection) || 1
    embedding.forEach((value, i) => {
      this.embedding[i] = (this.embedding[i] ?? 0) + value
    })
    projection.forEach((value, i) => {
      this.projection[i] = (this.projection[i] ?? 0) + value / length
    })
  }

  result(): SegmentEmbedding {
    const length = Math.hypot(...this.projection) || 1
    return {
      embedding: Float32Array.from(this.embedding, (value) => value / this.count),
      projection: Float32Array.from(this.projection, (value) => value / length),
    }
  }
}

/** One modality's way from clips to embeddings: fills a batch, runs it, hands the rows to their segments. */
class Station {
  private waiting: { clip: Clip; mean: Mean }[] = []

  private constructor(
    private readonly input: TensorStore,
    private readonly embedder: Embedder,
    private readonly fill: (clips: readonly Clip[], input: BufferRange) => Promise<void>,
    private readonly release: () => void,
  ) {}

  static async create(
    context: GpuContext,
    network: FrozenNetwork,
    modality: Modality,
    weights: TensorStore,
  ): Promise<Station> {
    const config = network.config[modality]
    if (!config) throw new Error(`The weights hold no ${modality} network.`)
    const input = await TensorStore.create(context.device, 'the clips of a batch', [
      { name: 'clips', type: f32Tensor(clipsPerRun, ...config.input) },
    ])
    const range = input.range('clips')
    const embedder = await Embedder.create(context, network, modality, weights, range, clipsPerRun)
    if (modality === 'audio') {
      const inputs = new AudioInputs(context, clipsPerRun)
      const fill = (clips: readonly Clip[], to: BufferRange) =>
        inputs.run(
          clips.flatMap((clip, row) => (clip.modality === 'audio' ? [{ ...clip, row }] : [])),
          to,
        )
      return new Station(input, embedder, fill, () => inputs.destroy())
    }
    const [, frames = 1, size = 1] = config.input
    const inputs = new VideoInputs(context, frames, size, clipsPerRun)
    const fill = (clips: readonly Clip[], to: BufferRange) =>
      inputs.run(
        clips.flatMap((clip, row) => (clip.modality === 'video' ? [{ ...clip, row }] : [])),
        to,
      )
    return new Station(input, embedder, fill, () => inputs.destroy())
  }

  async add(clip: Clip, mean: Mean | undefined): Promise<void> {
    if (mean) this.waiting.push({ clip, mean })
    if (this.waiting.length === clipsPerRun) await this.flush()
  }

  async flush(): Promise<void> {
    const batch = this.waiting
    this.waiting = []
    if (batch.length === 0) return
    await this.fill(
      batch.map(({ clip }) => clip),
      this.input.range('clips'),
    )
    const { embeddings, projections } = await this.embedder.run(batch.length)
    const row = (data: Float32Array, index: number) => {
      const width = data.length / batch.length
      return data.subarray(index * width, (index + 1) * width)
    }
    for (const [index, { mean }] of batch.entries()) mean.add(row(embeddings, index), row(projections, index))
  }

  destroy(): void {
    this.release()
    this.embedder.destroy()
    this.input.destroy()
  }
}
