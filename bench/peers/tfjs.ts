/** TensorFlow.js on its WebGPU backend, set up as the backend's README says, in production mode. */
import '@tensorflow/tfjs-backend-webgpu'
import '@tensorflow/tfjs-core/dist/register_all_gradients'
import * as tf from '@tensorflow/tfjs-core'
import type { Contender } from '../compare'

let ready: Promise<void> | undefined

/** @throws when it finds no WebGPU. */
export function openTfjs(): Promise<void> {
  ready ??= (async () => {
    tf.enableProdMode()
    if (!(await tf.setBackend('webgpu'))) throw new Error('TensorFlow.js does not start on WebGPU.')
    await tf.ready()
  })()
  return ready
}

/** Waits until a tensor is computed, with as little as its interface allows: one number comes back. */
async function computed(tensor: tf.Tensor): Promise<void> {
  const first = tf.tidy(() => tf.slice(tf.reshape(tensor, [-1]), 0, 1))
  await first.data()
  first.dispose()
}

/** A function of tensors that stay on the device, and are released with it. */
export const tfjsContender = (compute: () => tf.Tensor, given: readonly tf.Tensor[]): Contender => ({
  name: 'tfjs',
  async run(repeats) {
    for (let i = 1; i < repeats; i++) tf.tidy(compute).dispose()
    const last = tf.tidy(compute)
    await computed(last)
    last.dispose()
  },
  async result() {
    const result = tf.tidy(compute)
    const data = await result.data()
    result.dispose()
    return data
  },
  close: () => tf.dispose([...given]),
})
