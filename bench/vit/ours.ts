/** The plain vision transformer on our engine: one compiled graph of the operators that the networks use. */
import { differentiate } from '../../src/gpu/differentiate'
import type { Executable } from '../../src/gpu/executable'
import type { GpuContext } from '../../src/gpu/gpu-context'
import { GraphBuilder } from '../../src/gpu/graph'
import { allocate, type BufferRange } from '../../src/gpu/memory'
import { byteLength, f32Tensor, only, type Value } from '../../src/gpu/operator'
import { align } from '../../src/gpu/plan'
import { add } from '../../src/ops/add'
import { attention } from '../../src/ops/attention'
import { fuse } from '../../src/ops/fuse'
import { gelu } from '../../src/ops/gelu'
import { layerNorm } from '../../src/ops/layer-norm'
import { linear, matrixProduct } from '../../src/ops/matmul'
import { scale } from '../../src/ops/scale'
import { sgd } from '../../src/ops/sgd'
import { meanTokens } from '../../src/ops/tokens'
import { type BlockWeights, type VitNumbers, type VitTrainer, vitSize } from './network'

const { batch, tokens, width, hidden, depth, eps, learningRate } = vitSize
const grid = [1, 14, 14] as const

/** Wq comes in its three parts, and every weight transposed, as `linear` reads it: [outputs, inputs]. */
const blockTensors = {
  q: [width, width],
  k: [width, width],
  v: [width, width],
  p: [width, width],
  f: [hidden, width],
  g: [width, hidden],
} as const
type TensorName = keyof typeof blockTensors
const tensorNames = Object.keys(blockTensors) as TensorName[]

const tensors = Array.from({ length: depth }, (_, block) =>
  tensorNames.map((name) => ({ name: `${name}${block}`, type: f32Tensor(...blockTensors[name]) })),
).flat()
const gradientOf = (name: string) => `gradient of ${name}`

/** Columns `from` to `from + count - 1` of w [inputs, outputs], as rows. */
function transposed(w: Float32Array, outputs: number, from: number, count: number): Float32Array<ArrayBuffer> {
  const inputs = w.length / outputs
  return Float32Array.from({ length: count * inputs }, (_, i) => {
    const [row, column] = [i % inputs, from + Math.floor(i / inputs)]
    return w[row * outputs + column] ?? Number.NaN
  })
}

const ourTensors = ({ wq, wp, wf, wg }: BlockWeights): Record<TensorName, Float32Array<ArrayBuffer>> => ({
  q: transposed(wq, 3 * width, 0, width),
  k: transposed(wq, 3 * width, width, width),
  v: transposed(wq, 3 * width, 2 * width, width),
  p: transposed(wp, width, 0, width),
  f: transposed(wf, hidden, 0, hidden),
  g: transposed(wg, width, 0, width),
})

function buildGraph(parameterFloats: number): GraphBuilder {
  const graph = new GraphBuilder()
  const weights = new Map<string, Value>(tensors.map(({ name, type }) => [name, graph.external(name, type)]))
  const [ones, zeros] = [graph.input('ones', f32Tensor(width)), graph.input('zeros', f32Tensor(width))]
  const norm = (h: Value) => only(graph.apply(layerNorm, [h, ones, zeros], { eps }))
  const sum = (a: Value, b: Value) => only(graph.apply(add, [a, b], null))
  let h = graph.input('x', f32Tensor(batch, tokens, width))
  for (let block = 0; block < depth; block++) {
    const project = (value: Value, name: TensorName) => {
      const weight = weights.get(`${name}${block}`)
      if (!weight) throw new Error(`There is no weight "${name}".`)
      return only(graph.apply(linear, [value, weight], null))
    }
    const normed = norm(h)
    const heads = (['q', 'k', 'v'] as const).map((name) =>
      graph.reshape(project(normed, name), [batch, 1, tokens, width]),
    )
    const attributes = { scale: width ** -0.5, cls: 0, gridQ: grid, gridKv: grid } as const
    const attended = only(graph.apply(attention, heads, attributes))
    h = sum(h, project(graph.reshape(attended, [batch, tokens, width]), 'p'))
    h = sum(h, project(only(graph.apply(gelu, [project(norm(h), 'f')], null)), 'g'))
  }
  const mean = only(graph.apply(meanTokens, [h], { skipFirst: 0 }))
  // loss = m . m / n; a value goes only once into an operator, so one side of the product is a copy.
  const row = graph.reshape(mean, [1, batch * width])
  const scaled = only(graph.apply(scale, [row], { factor: 1 / (batch * width) }))
  graph.output('loss', matrixProduct(graph, row, scaled, 'nt'))
  const cotangent = only(graph.apply(scale, [mean], { factor: 2 / (batch * width) }))
  differentiate(graph, [[mean, cotangent]], [...weights.values()], add).forEach((gradient, index) => {
    const name = tensors[index]?.name
    if (gradient && name) graph.place(gradient, gradientOf(name))
  })
  const flat = f32Tensor(parameterFloats)
  const whole = ['parameters', 'gradients'].map((name) => graph.external(name, flat))
  graph.apply(sgd, whole, { learningRate })
  fuse(graph)
  return graph
}

export interface OurVit extends VitTrainer {
  readonly executable: Executable
}

/** All tensors in one buffer, so that one launch updates them all. */
async function placeTensors({ device }: GpuContext, whole: string, nameOf: (name: string) => string) {
  const bytes = tensors.reduce((sum, { type }) => sum + align(byteLength(type)), 0)
  const buffer = await allocate(device, bytes, whole)
  const ranges = new Map<string, BufferRange>([[whole, { buffer, offset: 0, bytes }]])
  let offset = 0
  for (const { name, type } of tensors) {
    ranges.set(nameOf(name), { buffer, offset, bytes: byteLength(type) })
    offset += align(byteLength(type))
  }
  return { buffer, bytes, ranges }
}

export async function ourVit(context: GpuContext, numbers: VitNumbers): Promise<OurVit> {
  const parameters = await placeTensors(context, 'parameters', (name) => name)
  const gradients = await placeTensors(context, 'gradients', gradientOf)
  numbers.blocks.forEach((block, index) => {
    for (const [name, data] of Object.entries(ourTensors(block)))
      context.device.queue.writeBuffer(parameters.buffer, parameters.ranges.get(`${name}${index}`)?.offset ?? 0, data)
  })
  const externals = new Map([...parameters.ranges, ...gradients.ranges])
  const executable = await context.compile(buildGraph(parameters.bytes / 4), { externals })
  executable.write('x', numbers.x)
  executable.write('ones', new Float32Array(width).fill(1))
  executable.write('zeros', new Float32Array(width))
  return {
    executable,
    async step() {
      executable.run()
      const [loss = Number.NaN] = await executable.read('loss')
      return loss
    },
    close() {
      for (const owned of [executable, parameters.buffer, gradients.buffer]) owned.destroy()
    },
  }
}
