/** jax-js on WebGPU, set up as its README says. */
import { blockUntilReady, defaultDevice, init, type Array as JaxArray, numpy, type OwnedFunction } from '@jax-js/jax'
import type { Contender } from '../compare'

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

/** A jitted function of tensors that stay on the device, and are released with it. */
export const jaxContender = (
  compute: OwnedFunction<(...given: JaxArray[]) => JaxArray>,
  given: readonly JaxArray[],
): Contender => ({
  name: 'jax-js',
  async run(repeats) {
    const results = Array.from({ length: repeats }, () => compute(...given.map((tensor) => tensor.ref)))
    await blockUntilReady(results)
    for (const result of results) result.dispose()
  },
  result: () => compute(...given.map((tensor) => tensor.ref)).data(),
  close() {
    for (const owned of [...given, compute]) owned.dispose()
  },
})
