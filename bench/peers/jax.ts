/** jax-js on WebGPU, set up as its README says. */
import { defaultDevice, init, type Array as JaxArray, numpy } from '@jax-js/jax'

let ready: Promise<void> | undefined

/** @throws when it finds no WebGPU. */
export function openJax(): Promise<void> {
  ready ??= init('webgpu').then((devices) => {
    if (!devices.includes('webgpu')) throw new Error('jax-js does not start on WebGPU.')
    defaultDevice('webgpu')
  })
  return ready
}

export const jaxTensor = (data: Float32Array<ArrayBuffer>, shape: number[]): JaxArray =>
  numpy.array(data).reshape(shape)
