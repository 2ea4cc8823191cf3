/**
 * Decoded frames to the video network's input on the GPU: [3, T, size, size] per clip, red, green and blue from 0 to 1
 * (spec/evaluation.md section 1.2). Frames are uploaded as their decoder left them; views that share frames share bytes.
 */
import type { Executable } from '../gpu/executable'
import type { GpuContext } from '../gpu/gpu-context'
import { GraphBuilder } from '../gpu/graph'
import type { BufferRange } from '../gpu/memory'
import { f32Tensor, only, u32Tensor } from '../gpu/operator'
import type { PixelFrame } from '../media/types'
import { colourJitter, colourRow } from '../ops/colour-jitter'
import { framesToTensor, frameTableRow } from '../ops/frames-to-tensor'
import { copyRow } from './copy-row'
import { frameRow } from './frame-table'
import type { VideoView } from './video-views'
import type { ColourChange } from './view-draws'

export interface VideoClip {
  /** T frames. Clips that show the same frame objects, one after another, upload them once. */
  readonly frames: readonly PixelFrame[]
  readonly view: VideoView
  /** Only where the plan changes colours; without it a clip keeps its own. */
  readonly colours?: ColourChange
  /** Row of the destination. */
  readonly row: number
}

const unchanged: ColourChange = { brightness: 1, contrast: 1, saturation: 1, hue: 0, grey: false }
const wordBytes = (bytes: number): number => Math.ceil(bytes / 4) * 4
/** Frames of one run stay below this, so that a batch of large pictures does not fill the GPU. */
const bytesPerRun = 256 * 2 ** 20

/** Owns a plan and its memory. One call at a time: each call fills the same inputs. */
export class VideoInputs {
  private executable: Executable | undefined
  private capacity = 0
  private readonly rowBytes: number

  /**
   * @param times T, frames per clip.
   * @param size Side of the crop in pixels.
   * @param rowsPerRun Clips of one run of the plan; longer batches take several runs.
   * @param withColours Whether the plan can change colours.
   */
  constructor(
    private readonly context: GpuContext,
    private readonly times: number,
    private readonly size: number,
    private readonly rowsPerRun: number,
    private readonly withColours = false,
  ) {
    this.rowBytes = 4 * 3 * times * size * size
  }

  /**
   * Writes every clip into its row of `destination` (f32 [rows, 3, T, size, size]). Resolves once the work is queued:
   * whatever is submitted afterwards sees it.
   * @throws when a clip has not T frames, a view another size, a pixel format is unknown, or one clip's frames are more
   * than the GPU binds at once.
   */
  async run(clips: readonly VideoClip[], destination: BufferRange): Promise<void> {
    for (const clip of clips) this.check(clip)
    for (const { part, offsets, bytes } of this.parts(clips)) {
      const executable = await this.fit(bytes)
      const { buffer } = executable.inputRange('bytes')
      for (const [{ data }, offset] of offsets) this.upload(buffer, offset, data)
      const table = new Uint32Array(this.rowsPerRun * this.times * frameTableRow)
      part.forEach(({ frames, view }, index) => {
        frames.forEach((frame, time) => {
          const row = frameRow(frame, offsets.get(frame) ?? 0, view)
          table.set(row, (index * this.times + time) * frameTableRow)
        })
      })
      executable.write('table', table)
      if (this.withColours) executable.write('colours', this.colourTable(part))
      executable.run()
      part.forEach(({ row }, index) => {
        copyRow(this.context.device, executable.outputRange('clips'), index, destination, row, this.rowBytes)
      })
    }
  }

  destroy(): void {
    this.executable?.destroy()
  }

  /** Factors of 1 for rows that this run does not need. */
  private colourTable(part: readonly VideoClip[]): Float32Array<ArrayBuffer> {
    const table = new Float32Array(this.rowsPerRun * colourRow)
    for (let row = 0; row < this.rowsPerRun; row++) {
      const { brightness, contrast, saturation, hue, grey } = part[row]?.colours ?? unchanged
      table.set([brightness, contrast, saturation, hue, grey ? 1 : 0], row * colourRow)
    }
    return table
  }

  private check({ frames, view, row }: VideoClip): void {
    if (frames.length !== this.times)
      throw new Error(`Clip ${row} has ${frames.length} frames; the network takes ${this.times}.`)
    if (view.size !== this.size)
      throw new Error(`Clip ${row} has a crop of ${view.size} pixels; the network takes ${this.size}.`)
  }

  /** Cuts a batch into runs by clips and by bytes; says where each different frame of a run goes. */
  private parts(clips: readonly VideoClip[]) {
    const { maxStorageBufferBindingSize } = this.context.device.limits
    const limit = Math.min(bytesPerRun, maxStorageBufferBindingSize)
    const parts: { part: VideoClip[]; offsets: Map<PixelFrame, number>; bytes: number }[] = []
    let current = { part: [] as VideoClip[], offsets: new Map<PixelFrame, number>(), bytes: 0 }
    for (const clip of clips) {
      const added = [...new Set(clip.frames)].filter((frame) => !current.offsets.has(frame))
      const bytes = added.reduce((sum, { data }) => sum + wordBytes(data.byteLength), 0)
      const full = current.part.length === this.rowsPerRun || current.bytes + bytes > limit
      if (current.part.length > 0 && full) {
        parts.push(current)
        current = { part: [], offsets: new Map(), bytes: 0 }
      }
      for (const frame of new Set(clip.frames)) {
        if (current.offsets.has(frame)) continue
        current.offsets.set(frame, current.bytes)
        current.bytes += wordBytes(frame.data.byteLength)
      }
      if (current.bytes > maxStorageBufferBindingSize)
        throw new Error(
          `The ${this.times} frames of one clip take ${Math.ceil(current.bytes / 2 ** 20)} MiB; this GPU binds at most ${Math.floor(maxStorageBufferBindingSize / 2 ** 20)} MiB at once. Use fewer frames or a smaller picture.`,
        )
      current.part.push(clip)
    }
    if (current.part.length > 0) parts.push(current)
    return parts
  }

  /** Queue writes take whole words: an odd tail goes on its own. */
  private upload(buffer: GPUBuffer, offset: number, data: Uint8Array): void {
    const whole = data.byteLength & ~3
    const { queue } = this.context.device
    queue.writeBuffer(buffer, offset, data.buffer, data.byteOffset, whole)
    if (whole === data.byteLength) return
    const tail = new Uint8Array(4)
    tail.set(data.subarray(whole))
    queue.writeBuffer(buffer, offset + whole, tail)
  }

  private async fit(bytes: number): Promise<Executable> {
    if (this.executable && bytes <= this.capacity) return this.executable
    this.executable?.destroy()
    this.executable = undefined
    this.capacity = bytes
    const graph = new GraphBuilder()
    const packed = graph.input('bytes', u32Tensor(bytes / 4))
    const table = graph.input('table', u32Tensor(this.rowsPerRun * this.times, frameTableRow))
    const attributes = { batch: this.rowsPerRun, times: this.times, size: this.size }
    const clips = only(graph.apply(framesToTensor, [packed, table], attributes))
    const colours = this.withColours ? graph.input('colours', f32Tensor(this.rowsPerRun, colourRow)) : null
    graph.output('clips', colours ? only(graph.apply(colourJitter, [clips, colours], null)) : clips)
    this.executable = await this.context.compile(graph)
    return this.executable
  }
}
