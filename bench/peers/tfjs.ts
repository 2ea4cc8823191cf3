/** TensorFlow.js on its WebGPU backend, set up as the backend's README says, in production mode. */
import '@tensorflow/tfjs-backend-webgpu'
import '@tensorflow/tfjs-core/dist/register_all_gradients'
import * as tf from '@tensorflow/tfjs-core'

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
export async function computed(tensor: tf.Tensor): Promise<void> {
  const first = tf.tidy(() => tf.slice(tf.reshape(tensor, [-1]), 0, 1))
  await first.data()
  first.dispose()
}
