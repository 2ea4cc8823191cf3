/**
 * Linear probes on frozen embeddings, many at once on the GPU: softmax regression with AdamW, inputs standardised with
 * the mean and deviation of each probe's own training items (`spec/evaluation.md` section 3.3; full batches).
 */

import { differentiate } from '../gpu/differentiate'
import type { GpuContext } from '../gpu/gpu-context'
import { GraphBuilder } from '../gpu/graph'
import { type BufferRange, TensorStore } from '../gpu/memory'
import { f32Tensor, only, u32Tensor } from '../gpu/operator'
import { align } from '../gpu/plan'
import { adamHyper, adamW, advanceAdam, decayBlock } from '../ops/adam-w'
import { add } from '../ops/add'
import { crossEntropy } from '../ops/cross-entropy'
import { gradientNorm } from '../ops/gradient-norm'
import { matrixProduct } from '../ops/matmul'

const adam = { beta1: 0.9, beta2: 0.999, eps: 1e-8 }

export interface LinearProbeSettings {
  readonly epochs: number
  readonly learningRate: number
  readonly weightDecay: number
}

/** One probe: its features of all items and which of them it learns from. */
export interface Probe {
  /** [items, D] */
  readonly features: Float32Array
  /** 1 where an item is trained on, 0 where it is only predicted; [items]. */
  readonly training: Float32Array
}

/**
 * Trains all probes, which share items, labels and feature width, and predicts every item with each.
 * @param labels Class index of each item.
 * @returns Logits per probe, [items, classes].
 */
export async function trainLinearProbes(
  context: GpuContext,
  probes: readonly Probe[],
  labels: Uint32Array<ArrayBuffer>,
  classes: number,
  { epochs, learningRate, weightDecay }: LinearProbeSettings,
): Promise<Float32Array[]> {
  const count = probes.length
  const items = labels.length
  const width = (probes[0]?.features.length ?? 0) / items + 1
  const weightBytes = align(count * classes * width * 4)
  const size = weightBytes / 4
  const weightType = f32Tensor(count, classes, width)
  const store = (label: string) => TensorStore.create(context.device, label, [{ name: 'weights', type: weightType }])
  const [weights, gradients, first, second] = await Promise.all([
    store('probe weights'),
    store('probe gradients'),
    store('probe first moments'),
    store('probe second moments'),
  ])
  const graph = new GraphBuilder()
  const features = graph.input('features', f32Tensor(count, items, width))
  const weight = graph.external('weights', weightType)
  const logits = matrixProduct(graph, features, weight, 'nt')
  const loss = only(
    graph.apply(
      crossEntropy,
      [logits, graph.input('labels', u32Tensor(items)), graph.input('training', f32Tensor(count, items))],
      null,
    ),
  )
  graph.output('logits', logits)
  const [gradient] = differentiate(graph, [[loss, graph.input('ones', f32Tensor(count))]], [weight], add)
  if (!gradient) throw new Error('The probe’s loss does not depend on its weights.')
  graph.place(gradient, 'gradients')
  const all = (name: string) => graph.external(name, f32Tensor(size))
  const flatGradients = all('all gradients')
  const hyper = graph.input('hyper', f32Tensor(8))
  const norm = only(graph.apply(gradientNorm, [flatGradients], null))
  const state = graph.input('adam', f32Tensor(4))
  graph.apply(advanceAdam, [hyper, norm, state], null)
  graph.apply(
    adamW,
    [
      all('all weights'),
      flatGradients,
      all('first'),
      all('second'),
      graph.input('decay', u32Tensor(size / decayBlock)),
      hyper,
      norm,
      state,
    ],
    null,
  )
  const executable = await context.compile(graph, {
    externals: new Map([
      ['weights', weights.range('weights')],
      ['gradients', gradients.range('weights')],
      ['all weights', wholeOf(weights)],
      ['all gradients', wholeOf(gradients)],
      ['first', wholeOf(first)],
      ['second', wholeOf(second)],
    ]),
  })
  try {
    executable.write('features', standardise(probes, items, width))
    executable.write('labels', labels)
    executable.write('training', Float32Array.from(probes.flatMap(({ training }) => [...training])))
    executable.write('ones', new Float32Array(count).fill(1))
    executable.write('decay', new Uint32Array(size / decayBlock).fill(1))
    executable.write('hyper', adamHyper({ ...adam, learningRate, weightDecay, clipNorm: 0 }))
    for (let epoch = 0; epoch < epochs; epoch++) {
      executable.run()
      // Keeps the queue short, so that stopping does not wait for all epochs.
      if (epoch % 20 === 19) await context.device.queue.onSubmittedWorkDone()
    }
    // One more run predicts with the final weights; its own update is not read.
    executable.run()
    const predicted = await executable.read('logits')
    const length = items * classes
    return probes.map((_, index) => predicted.slice(index * length, (index + 1) * length))
  } finally {
    executable.destroy()
    for (const owned of [weights, gradients, first, second]) owned.destroy()
  }
}

/** All bytes of a store of one tensor, the gap behind it included. */
function wholeOf({ wholes: [whole] }: TensorStore): BufferRange {
  if (!whole) throw new Error('A store of one tensor has one buffer.')
  return whole
}

/** [probes, items, D + 1]: each column less its training mean over its training deviation, then a column of ones. */
function standardise(probes: readonly Probe[], items: number, width: number): Float32Array {
  const out = new Float32Array(probes.length * items * width)
  probes.forEach(({ features, training }, probe) => {
    const trained = [...training.keys()].filter((item) => (training[item] ?? 0) > 0)
    const columns = width - 1
    for (let column = 0; column < columns; column++) {
      const at = (item: number) => features[item * columns + column] ?? 0
      const mean = trained.reduce((sum, item) => sum + at(item), 0) / Math.max(1, trained.length)
      const variance = trained.reduce((sum, item) => sum + (at(item) - mean) ** 2, 0) / Math.max(1, trained.length)
      const deviation = Math.sqrt(variance) || 1
      for (let item = 0; item < items; item++)
        out[(probe * items + item) * width + column] = (at(item) - mean) / deviation
    }
    for (let item = 0; item < items; item++) out[(probe * items + item) * width + columns] = 1
  })
  return out
}
