/** The plain vision transformer in TensorFlow.js: variables and its own gradient descent. It has no jit. */
import * as tf from '@tensorflow/tfjs-core'
import { openTfjs } from '../peers/tfjs'
import { type VitNumbers, type VitTrainer, vitSize, weightShapes } from './network'

const { batch, tokens, width, eps, learningRate } = vitSize

/** [rows, width], every row to mean 0 and variance 1. */
function norm(h: tf.Tensor2D): tf.Tensor2D {
  const { mean, variance } = tf.moments(h, -1, true)
  return tf.mul(tf.sub(h, mean), tf.rsqrt(tf.add(variance, eps)))
}

function attend(h: tf.Tensor2D, wq: tf.Tensor2D): tf.Tensor2D {
  const [q, k, v] = tf
    .split(tf.matMul(h, wq), 3, 1)
    .map((part) => tf.reshape(part, [batch, tokens, width]) as tf.Tensor3D)
  if (!q || !k || !v) throw new Error('TensorFlow.js splits into fewer parts than asked for.')
  const weights = tf.softmax(tf.mul(tf.matMul(q, k, false, true), width ** -0.5))
  return tf.reshape(tf.matMul(weights, v), [batch * tokens, width])
}

const variable = (data: Float32Array, [rows, columns]: readonly [number, number]) =>
  tf.variable(tf.tensor2d(data, [rows, columns]))
const gelu = (x: tf.Tensor2D): tf.Tensor2D => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1))

export async function tfjsVit(numbers: VitNumbers): Promise<VitTrainer> {
  await openTfjs()
  const x = tf.tensor2d(numbers.x, [batch * tokens, width])
  const blocks = numbers.blocks.map(({ wq, wp, wf, wg }) => ({
    wq: variable(wq, weightShapes.wq),
    wp: variable(wp, weightShapes.wp),
    wf: variable(wf, weightShapes.wf),
    wg: variable(wg, weightShapes.wg),
  }))
  const lossOf = (): tf.Scalar => {
    let h = x
    for (const { wq, wp, wf, wg } of blocks) {
      h = tf.add(h, tf.matMul(attend(norm(h), wq), wp))
      h = tf.add(h, tf.matMul(gelu(tf.matMul(norm(h), wf)), wg))
    }
    return tf.mean(tf.square(tf.mean(tf.reshape(h, [batch, tokens, width]), 1)))
  }
  const optimizer = tf.train.sgd(learningRate)
  const weights = blocks.flatMap((block) => Object.values(block))
  return {
    async step() {
      const loss = optimizer.minimize(lossOf, true, weights)
      if (!loss) throw new Error('TensorFlow.js gives no loss.')
      const [value = Number.NaN] = await loss.data()
      loss.dispose()
      return value
    },
    close() {
      tf.dispose([x, ...weights])
      optimizer.dispose()
    },
  }
}
