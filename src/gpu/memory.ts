/** Buffers: ranges of them, allocation that reports failure, and named tensors side by side in one buffer. */
import type { TensorType } from './operator'
import { byteLength } from './operator'
import { align, megabytes } from './plan'

export interface BufferRange {
  readonly buffer: GPUBuffer
  readonly offset: number
  readonly bytes: number
}

const usage = () => GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST

/** @throws when the adapter cannot give that much, with the size and what to change. */
export async function allocate(device: GPUDevice, bytes: number, label: string): Promise<GPUBuffer> {
  device.pushErrorScope('out-of-memory')
  device.pushErrorScope('validation')
  const buffer = device.createBuffer({ size: Math.max(align(bytes), 256), usage: usage(), label })
  const error = (await device.popErrorScope()) ?? (await device.popErrorScope())
  if (error) {
    buffer.destroy()
    // Drivers append their own stack.
    const [reason = 'no reason given'] = error.message.trim().split('\n')
    throw new Error(
      `The GPU gives no ${megabytes(bytes)} for ${label} (${reason}). Use a smaller batch, fewer frames or a smaller model.`,
    )
  }
  return buffer
}

/** Copies a range to the host. The promise resolves once the GPU has reached this point of its queue. */
export async function readRange(device: GPUDevice, range: BufferRange): Promise<ArrayBuffer> {
  const bytes = Math.ceil(range.bytes / 4) * 4
  const staging = device.createBuffer({ size: bytes, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST })
  const encoder = device.createCommandEncoder()
  encoder.copyBufferToBuffer(range.buffer, range.offset, staging, 0, bytes)
  device.queue.submit([encoder.finish()])
  await staging.mapAsync(GPUMapMode.READ)
  const copy = staging.getMappedRange().slice(0, range.bytes)
  staging.destroy()
  return copy
}

export interface NamedType {
  readonly name: string
  readonly type: TensorType
}

/** Named tensors in one contiguous buffer, each at a bindable offset; the gaps between them stay zero. */
export class TensorStore {
  private readonly ranges: ReadonlyMap<string, BufferRange>

  private constructor(
    private readonly device: GPUDevice,
    readonly entries: readonly NamedType[],
    private readonly buffer: GPUBuffer,
    /** Bytes of the whole range, gaps included. */
    readonly bytes: number,
  ) {
    const ranges = new Map<string, BufferRange>()
    let offset = 0
    for (const { name, type } of entries) {
      ranges.set(name, { buffer, offset, bytes: byteLength(type) })
      offset += align(byteLength(type))
    }
    this.ranges = ranges
  }

  /** @throws when the tensors together pass the adapter's binding limit or its memory. */
  static async create(device: GPUDevice, label: string, entries: readonly NamedType[]): Promise<TensorStore> {
    const bytes = entries.reduce((sum, { type }) => sum + align(byteLength(type)), 0)
    if (bytes > device.limits.maxStorageBufferBindingSize)
      throw new Error(
        `${label} need ${megabytes(bytes)}, but this GPU binds at most ${megabytes(device.limits.maxStorageBufferBindingSize)} at once. Choose a smaller model.`,
      )
    return new TensorStore(device, entries, await allocate(device, bytes, label), bytes)
  }

  range(name: string): BufferRange {
    const range = this.ranges.get(name)
    if (!range) throw new Error(`There is no tensor "${name}".`)
    return range
  }

  has(name: string): boolean {
    return this.ranges.has(name)
  }

  get whole(): BufferRange {
    return { buffer: this.buffer, offset: 0, bytes: this.bytes }
  }

  write(name: string, data: Float32Array | Uint32Array): void {
    const range = this.range(name)
    if (data.byteLength !== range.bytes)
      throw new Error(`"${name}" holds ${range.bytes / 4} numbers; ${data.length} were given.`)
    this.device.queue.writeBuffer(range.buffer, range.offset, data.buffer, data.byteOffset, data.byteLength)
  }

  /** Writes all bytes at once, as {@link readAll} gave them. */
  writeAll(bytes: ArrayBuffer): void {
    if (bytes.byteLength !== this.bytes)
      throw new Error(`${this.bytes} bytes are needed; ${bytes.byteLength} were given.`)
    this.device.queue.writeBuffer(this.buffer, 0, bytes)
  }

  readAll(): Promise<ArrayBuffer> {
    return readRange(this.device, this.whole)
  }

  /** Every tensor by name, in the order of creation. */
  async read(): Promise<Map<string, Float32Array>> {
    const bytes = await this.readAll()
    return new Map(
      this.entries.map(({ name }) => {
        const range = this.range(name)
        return [name, new Float32Array(bytes, range.offset, range.bytes / 4)]
      }),
    )
  }

  destroy(): void {
    this.buffer.destroy()
  }
}
