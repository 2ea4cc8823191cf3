/** The engine worker with a way to take its GPU away, for tests of what survives. */
import './worker'

const devices: GPUDevice[] = []
let withheld = 0

const requestDevice = GPUAdapter.prototype.requestDevice
GPUAdapter.prototype.requestDevice = async function (descriptor) {
  const device = await requestDevice.call(this, descriptor)
  devices.push(device)
  return device
}
// Chromium withholds adapters for a while when its GPU process has crashed twice.
const requestAdapter = GPU.prototype.requestAdapter
GPU.prototype.requestAdapter = async function (options) {
  if (withheld === 0) return requestAdapter.call(this, options)
  withheld--
  return null
}

/**
 * Destroys the device, or asks it for a buffer that it cannot give while nobody listens for errors; gives no adapter the
 * next `withhold` times it is asked for one.
 */
export interface LoseGpu {
  readonly how: 'destroy' | 'starve'
  readonly withhold: number
}
new BroadcastChannel('lose the GPU').onmessage = ({ data }: MessageEvent<LoseGpu>) => {
  withheld = data.withhold
  const device = devices.at(-1)
  if (data.how === 'destroy') device?.destroy()
  else device?.createBuffer({ size: 4 * device.limits.maxBufferSize, usage: GPUBufferUsage.STORAGE })
}
