/** Counts the GPU memory that a device's buffers hold, for tests of what is given back. */

/** From now on: bytes of all buffers made and not destroyed. */
export function watchBuffers(device: GPUDevice): { readonly liveBytes: () => number } {
  let live = 0
  const create = device.createBuffer.bind(device)
  device.createBuffer = (descriptor) => {
    const buffer = create(descriptor)
    const destroy = buffer.destroy.bind(buffer)
    let destroyed = false
    live += buffer.size
    buffer.destroy = () => {
      if (!destroyed) live -= buffer.size
      destroyed = true
      return destroy()
    }
    return buffer
  }
  return { liveBytes: () => live }
}
