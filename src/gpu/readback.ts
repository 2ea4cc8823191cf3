/**
 * What the host reads of every step: a few ranges copied side by side into a staging buffer that is used again, so that
 * reading makes no buffer per step and waits for the GPU once.
 */
import type { BufferRange } from './memory'
import { align } from './plan'

export class Readback {
  private readonly free: GPUBuffer[] = []
  private readonly all: GPUBuffer[] = []
  private readonly offsets: readonly number[]
  private readonly bytes: number

  /** Buffers are made as reads overlap: as many as are in flight at once. */
  constructor(
    private readonly device: GPUDevice,
    private readonly ranges: readonly BufferRange[],
  ) {
    const offsets: number[] = []
    let bytes = 0
    for (const range of ranges) {
      offsets.push(bytes)
      bytes += align(range.bytes)
    }
    this.offsets = offsets
    this.bytes = bytes
  }

  /** Copies the ranges as they are at this point of the queue; resolves, in their order, when the GPU got there. */
  async read(): Promise<Float32Array[]> {
    const staging = this.free.pop() ?? this.make()
    const encoder = this.device.createCommandEncoder()
    this.ranges.forEach(({ buffer, offset, bytes }, index) => {
      encoder.copyBufferToBuffer(buffer, offset, staging, this.offsets[index] ?? 0, bytes)
    })
    this.device.queue.submit([encoder.finish()])
    await staging.mapAsync(GPUMapMode.READ)
    const mapped = staging.getMappedRange()
    const copies = this.ranges.map(({ bytes }, index) => {
      const from = this.offsets[index] ?? 0
      return new Float32Array(mapped.slice(from, from + bytes))
    })
    staging.unmap()
    this.free.push(staging)
    return copies
  }

  destroy(): void {
    for (const staging of this.all) staging.destroy()
  }

  private make(): GPUBuffer {
    const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST
    const staging = this.device.createBuffer({ size: this.bytes, usage, label: 'staging' })
    this.all.push(staging)
    return staging
  }
}
