/** Log-mel spectrogram of 3 s at 48 kHz, [96, 288]: the audio front end of every training step, one clip of it. */
import { type Array as JaxArray, jit, numpy as np } from '@jax-js/jax'
import * as tf from '@tensorflow/tfjs-core'
import { melInputs } from '../src/features/audio-tables'
import { melSettings } from '../src/features/mel-tables'
import type { GpuContext } from '../src/gpu/gpu-context'
import { GraphBuilder } from '../src/gpu/graph'
import { f32Tensor, only, u32Tensor } from '../src/gpu/operator'
import { frameCount, logMel as logMelOperator } from '../src/ops/log-mel'
import { type Bench, say } from './bench'
import { type Contender, compare } from './compare'
import { normals, requireAgreement } from './numbers'
import { graphContender } from './ours'
import { jaxContender, jaxTensor, openJax } from './peers/jax'
import { openTfjs, tfjsContender } from './peers/tfjs'

const { clipSamples, nFft, hopLength, mels } = melSettings
const frames = frameCount(clipSamples, hopLength)
const bins = nFft / 2 + 1
const defaultRounds = 9
/** dB at most: jax-js takes the sines of its FFT from WGSL, where they may be off by 2e-4. */
const toleranceDb = 0.1
const smallestPower = 1e-10

const waveform = normals(clipSamples, 1, 0.1)
const tables = melInputs(mels)

/** [bins, mels], for sides that multiply by the whole matrix. */
function denseBank(): Float32Array<ArrayBuffer> {
  const matrix = new Float32Array(bins * mels)
  for (let band = 0; band < mels; band++) {
    const [first = 0, count = 0, at = 0] = tables.ranges.subarray(3 * band, 3 * band + 3)
    for (let i = 0; i < count; i++) matrix[(first + i) * mels + band] = tables.weights[at + i] ?? 0
  }
  return matrix
}

/** Position in the signal of every sample of every frame, mirrored at both ends: [frames, nFft]. */
const positions = (): Int32Array<ArrayBuffer> =>
  Int32Array.from({ length: frames * nFft }, (_, index) => {
    const at = Math.abs(Math.floor(index / nFft) * hopLength + (index % nFft) - nFft / 2)
    return at < clipSamples ? at : 2 * (clipSamples - 1) - at
  })

function ours(context: GpuContext): Promise<Contender> {
  const graph = new GraphBuilder()
  const inputs = [
    graph.input('waveform', f32Tensor(1, clipSamples)),
    graph.input('gain', f32Tensor(1)),
    graph.input('window', f32Tensor(nFft)),
    graph.input('twiddles', f32Tensor(nFft, 2)),
    graph.input('ranges', u32Tensor(mels, 3)),
    graph.input('weights', f32Tensor(tables.weights.length)),
  ]
  const result = graph.reshape(only(graph.apply(logMelOperator, inputs, { hopLength })), [mels, frames])
  return graphContender(context, graph, result, {
    waveform,
    gain: Float32Array.of(1),
    ...tables,
  })
}

/** Its own real FFT; frames, mirrored ends included, are one gather. */
async function jax(): Promise<Contender> {
  await openJax()
  const spectrogram = jit((samples: JaxArray, at: JaxArray, window: JaxArray, filters: JaxArray) => {
    const { real, imag } = np.fft.rfft(np.take(samples, at).mul(window))
    const bands = np.matmul(np.square(real).add(np.square(imag)), filters)
    return np.log10(np.maximum(bands, smallestPower)).mul(10).transpose()
  })
  const at = np.array(positions()).reshape([frames, nFft])
  return jaxContender(spectrogram, [
    jaxTensor(waveform, [clipSamples]),
    at,
    jaxTensor(tables.window, [nFft]),
    jaxTensor(denseBank(), [bins, mels]),
  ])
}

/** The windowed Fourier transform of a frame as one matrix: [nFft, 2 bins], cosines first. */
function fourierMatrix(): Float32Array<ArrayBuffer> {
  const matrix = new Float32Array(nFft * 2 * bins)
  for (let n = 0; n < nFft; n++)
    for (let bin = 0; bin < bins; bin++) {
      const angle = (2 * Math.PI * ((n * bin) % nFft)) / nFft
      const window = tables.window[n] ?? 0
      matrix[n * 2 * bins + bin] = window * Math.cos(angle)
      matrix[n * 2 * bins + bins + bin] = -window * Math.sin(angle)
    }
  return matrix
}

/** Its FFT takes quadratic time and its `stft` cuts slices one by one, so it does better with products and a gather. */
async function tfjs(): Promise<Contender> {
  await openTfjs()
  const samples = tf.tensor1d(waveform)
  const at = tf.tensor2d(positions(), [frames, nFft], 'int32')
  const fourier = tf.tensor2d(fourierMatrix(), [nFft, 2 * bins])
  const filters = tf.tensor2d(denseBank(), [bins, mels])
  const compute = () => {
    const [real, imag] = tf.split(tf.matMul(tf.reshape(tf.gather(samples, at), [frames, nFft]), fourier), 2, 1)
    if (!real || !imag) throw new Error('TensorFlow.js splits into fewer parts than asked for.')
    const power = tf.add(tf.square(real), tf.square(imag)) as tf.Tensor2D
    const bands = tf.maximum(tf.matMul(power, filters), smallestPower)
    return tf.transpose(tf.mul(tf.log(bands), 10 / Math.LN10))
  }
  return tfjsContender(compute, [samples, at, fourier, filters])
}

/** Largest difference in dB. */
function requireSameDecibels(peer: string, result: ArrayLike<number>, expected: ArrayLike<number>): void {
  let largest = result.length === expected.length ? 0 : Number.POSITIVE_INFINITY
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs((result[i] ?? Number.NaN) - (expected[i] ?? Number.NaN))
    if (!(difference <= largest)) largest = difference
  }
  requireAgreement(`The log-mel of ${peer} (dB)`, largest, toleranceDb)
}

export const logMel: Bench = async (context, { rounds = defaultRounds, peers: asked }) => {
  say('log-mel')
  const peers = []
  if (asked.includes('jax-js')) peers.push(await jax())
  if (asked.includes('tfjs')) peers.push(await tfjs())
  const comparison = {
    bench: 'log-mel',
    name: '3 s',
    context,
    ours: await ours(context),
    peers,
    flops: null,
    agree: requireSameDecibels,
  }
  return { rows: await compare(comparison, rounds, asked), notes: [] }
}
