/**
 * The way of prepared clips through a frozen network: they gather until a batch is full, and every result joins the mean of
 * what its clip is a window of (`spec/evaluation.md` section 1.3).
 */
import { type AudioClip, AudioInputs, type Sound } from '../features/audio-inputs'
import { type VideoClip, VideoInputs } from '../features/video-inputs'
import type { GpuContext } from '../gpu/gpu-context'
import { type BufferRange, TensorStore } from '../gpu/memory'
import { f32Tensor } from '../gpu/operator'
import type { FrozenNetwork } from '../models/network'
import type { Modality } from '../schema/mvit'
import { Embedder, type WeightRanges } from './embedder'
import { audioWindows } from './windows'

export interface MeanEmbedding {
  /** [D] of the backbone: the mean over windows and crops. */
  readonly embedding: Float32Array
  /** [d] of the head: the mean over windows and crops of normalised projections, normalised again; empty without one. */
  readonly projection: Float32Array
  /** What the means are of: embeddings [windows, crops, D], and the windows in seconds of what they were cut from. */
  readonly windows: Windows
}

export interface Windows {
  readonly embeddings: Float32Array
  readonly rangesS: readonly (readonly [start: number, end: number])[]
}

/** Clips of one run of the network: enough to keep a GPU busy, little enough for any memory. */
const clipsPerRun = 8

/** A clip that has no row yet, and the window that it is a view of. */
export type Clip = { readonly rangeS: readonly [start: number, end: number] } & (
  | ({ readonly modality: 'video' } & Omit<VideoClip, 'row'>)
  | ({ readonly modality: 'audio' } & Omit<AudioClip, 'row'>)
)

/**
 * The windows of a sound as clips. Fewer than two samples have none.
 * @param startS When the sound starts, for what is said of the windows.
 */
export const soundClips = (sound: Sound, startS = 0): Clip[] =>
  audioWindows(sound.channels[0]?.length ?? 0, sound.sampleRate).map(([from, to]) => ({
    modality: 'audio',
    rangeS: [startS + from / sound.sampleRate, startS + to / sound.sampleRate],
    sound: { ...sound, channels: sound.channels.map((channel) => channel.subarray(from, to)) },
  }))

/** Rows of one length, one after the other. */
export function concatenated(rows: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  const width = rows[0]?.length ?? 0
  const all = new Float32Array(rows.length * width)
  for (const [index, row] of rows.entries()) all.set(row, index * width)
  return all
}

/** Running mean over windows and crops. */
export class Mean {
  private count = 0
  private embedding = new Float64Array()
  private projection = new Float64Array()
  private readonly rows: Float32Array[] = []
  private readonly rangesS: Clip['rangeS'][] = []

  add({ rangeS }: Clip, embedding: Float32Array, projection: Float32Array): void {
    const last = this.rangesS.at(-1)
    // The crops of a window come one after the other.
    if (last?.[0] !== rangeS[0] || last[1] !== rangeS[1]) this.rangesS.push(rangeS)
    this.rows.push(embedding)
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

  result(): MeanEmbedding {
    const length = Math.hypot(...this.projection) || 1
    return {
      embedding: Float32Array.from(this.embedding, (value) => value / this.count),
      projection: Float32Array.from(this.projection, (value) => value / length),
      windows: { embeddings: concatenated(this.rows), rangesS: this.rangesS },
    }
  }
}

/** One modality's way from clips to embeddings: fills a batch, runs it, adds the rows to their means. */
export class ClipStation {
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
    weights: WeightRanges,
  ): Promise<ClipStation> {
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
      return new ClipStation(input, embedder, fill, () => inputs.destroy())
    }
    const [, frames = 1, size = 1] = config.input
    const inputs = new VideoInputs(context, frames, size, clipsPerRun)
    const fill = (clips: readonly Clip[], to: BufferRange) =>
      inputs.run(
        clips.flatMap((clip, row) => (clip.modality === 'video' ? [{ ...clip, row }] : [])),
        to,
      )
    return new ClipStation(input, embedder, fill, () => inputs.destroy())
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
    for (const [index, { clip, mean }] of batch.entries())
      mean.add(clip, row(embeddings, index), row(projections, index))
  }

  destroy(): void {
    this.release()
    this.embedder.destroy()
    this.input.destroy()
  }
}
