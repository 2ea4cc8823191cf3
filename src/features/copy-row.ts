/** Moves one clip from the memory of a plan into its row of a batch, on the GPU. */
import type { BufferRange } from '../gpu/memory'

/** @throws when the row lies outside the destination. */
export function copyRow(
  device: GPUDevice,
  source: BufferRange,
  sourceRow: number,
  destination: BufferRange,
  destinationRow: number,
  rowBytes: number,
): void {
  const at = destinationRow * rowBytes
  if (destinationRow < 0 || at + rowBytes > destination.bytes)
    throw new Error(`Row ${destinationRow} lies outside a batch of ${Math.floor(destination.bytes / rowBytes)} clips.`)
  const encoder = device.createCommandEncoder()
  encoder.copyBufferToBuffer(
    source.buffer,
    source.offset + sourceRow * rowBytes,
    destination.buffer,
    destination.offset + at,
    rowBytes,
  )
  device.queue.submit([encoder.finish()])
}
