/** Buffers: ranges of them, allocation that reports failure, and named tensors side by side. */
import type { TensorType } from './operator'
import { byteLength } from './operator'
import { align, MemoryLimitError, megabytes } from './plan'

export interface BufferRange {
  readonly buffer: GPUBuffer
  readonly offset: number
  readonly bytes: number
}

const usage = () => GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST

/**
 * The buffer is touched once, because drivers promise more than they have.
 * @throws when the adapter cannot give that much, with the size and what to change.
 */
export async function allocate(device: GPUDevice, bytes: number, label: string): Promise<GPUBuffer> {
  device.pushErrorScope('validation')
  device.pushErrorScope('out-of-memory')
  const buffer = device.createBuffer({ size: Math.max(align(bytes), 256), usage: usage(), label })
  const encoder = device.createCommandEncoder()
  encoder.clearBuffer(buffer)
  device.queue.submit([encoder.finish()])
  // Popped before anything is awaited: scopes are a stack, and others allocate meanwhile.
  const [outOfMemory, invalid] = await Promise.all([device.popErrorScope(), device.popErrorScope()])
  const error = outOfMemory ?? invalid
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

/** Copies bytes from range to range, of one size each, in queue order. The two must lie in different buffers. */
export function copyRanges(device: GPUDevice, pairs: readonly (readonly [from: BufferRange, to: BufferRange])[]): void {
  if (pairs.length === 0) return
  const encoder = device.createCommandEncoder()
  for (const [from, to] of pairs) encoder.copyBufferToBuffer(from.buffer, from.offset, to.buffer, to.offset, from.bytes)
  device.queue.submit([encoder.finish()])
}

/** Part number `index` of a range cut into `count` equal parts. */
export function sliceOf({ buffer, offset, bytes }: BufferRange, index: number, count: number): BufferRange {
  return { buffer, offset: offset + (index * bytes) / count, bytes: bytes / count }
}

export interface NamedType {
  readonly name: string
  readonly type: TensorType
}

const spaceOf = ({ type }: NamedType): number => align(byteLength(type))

/**
 * Cuts a list of tensors into stretches of at most `limit` bytes each, gaps included, in order.
 * @throws when one tensor alone is over the limit, naming it.
 */
export function splitTensors(entries: readonly NamedType[], limit: number): NamedType[][] {
  const stretches: NamedType[][] = []
  let room = 0
  for (const entry of entries) {
    const bytes = spaceOf(entry)
    if (bytes > limit)
      throw new MemoryLimitError(
        `"${entry.name}" needs ${megabytes(bytes)}, but this GPU gives at most ${megabytes(limit)} at once. Use a smaller batch, fewer frames or a smaller model.`,
      )
    if (bytes > room || stretches.length === 0) {
      stretches.push([])
      room = limit
    }
    stretches.at(-1)?.push(entry)
    room -= bytes
  }
  return stretches
}

/** Named tensors side by side, each at a bindable offset, in as few buffers as a limit allows; gaps stay zero. */
export class TensorStore {
  private readonly ranges = new Map<string, BufferRange>()

  private constructor(
    private readonly device: GPUDevice,
    readonly entries: readonly NamedType[],
    /** Each buffer from its first tensor to its last, gaps included. */
    readonly wholes: readonly BufferRange[],
    stretches: readonly (readonly NamedType[])[],
  ) {
    stretches.forEach((stretch, index) => {
      const buffer = wholes[index]?.buffer
      let offset = 0
      for (const entry of stretch) {
        if (buffer) this.ranges.set(entry.name, { buffer, offset, bytes: byteLength(entry.type) })
        offset += spaceOf(entry)
      }
    })
  }

  /**
   * @param limit Largest buffer in bytes; if not given, what one binding can cover.
   * @throws when one tensor passes the limit, or all the adapter's memory.
   */
  static async create(
    device: GPUDevice,
    label: string,
    entries: readonly NamedType[],
    limit: number = device.limits.maxStorageBufferBindingSize,
  ): Promise<TensorStore> {
    const stretches = splitTensors(entries, limit)
    const wholes: BufferRange[] = []
    try {
      for (const stretch of stretches) {
        const bytes = stretch.reduce((sum, entry) => sum + spaceOf(entry), 0)
        wholes.push({ buffer: await allocate(device, bytes, label), offset: 0, bytes })
      }
    } catch (error) {
      for (const { buffer } of wholes) buffer.destroy()
      throw error
    }
    return new TensorStore(device, entries, wholes, stretches)
  }

  /** Bytes of all tensors, gaps included. */
  get bytes(): number {
    return this.wholes.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  range(name: string): BufferRange {
    const range = this.ranges.get(name)
    if (!range) throw new Error(`There is no tensor "${name}".`)
    return range
  }

  has(name: string): boolean {
    return this.ranges.has(name)
  }

  write(name: string, data: Float32Array | Uint32Array): void {
    const range = this.range(name)
    if (data.byteLength !== range.bytes)
      throw new Error(`"${name}" holds ${range.bytes / 4} numbers; ${data.length} were given.`)
    this.device.queue.writeBuffer(range.buffer, range.offset, data.buffer, data.byteOffset, data.byteLength)
  }

  /** Sets every tensor to zeros, in queue order. */
  clear(): void {
    const encoder = this.device.createCommandEncoder()
    for (const { buffer } of this.wholes) encoder.clearBuffer(buffer)
    this.device.queue.submit([encoder.finish()])
  }

  /** Writes all bytes at once: those of {@link readAll}, one after another. */
  writeAll(bytes: Uint8Array<ArrayBuffer>): void {
    if (bytes.byteLength !== this.bytes)
      throw new Error(`${this.bytes} bytes are needed; ${bytes.byteLength} were given.`)
    let from = 0
    for (const whole of this.wholes) {
      this.device.queue.writeBuffer(whole.buffer, 0, bytes, from, whole.bytes)
      from += whole.bytes
    }
  }

  /** The bytes of every buffer; concatenated, they do not depend on how the tensors were cut. */
  readAll(): Promise<ArrayBuffer[]> {
    return Promise.all(this.wholes.map((whole) => readRange(this.device, whole)))
  }

  /** Every tensor by name, in the order of creation. */
  async read(): Promise<Map<string, Float32Array>> {
    const contents = await this.readAll()
    const at = new Map(this.wholes.map(({ buffer }, index) => [buffer, contents[index]]))
    return new Map(
      this.entries.map(({ name }) => {
        const range = this.range(name)
        return [name, new Float32Array(at.get(range.buffer) ?? new ArrayBuffer(0), range.offset, range.bytes / 4)]
      }),
    )
  }

  destroy(): void {
    for (const { buffer } of this.wholes) buffer.destroy()
  }
}
