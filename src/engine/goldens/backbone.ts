/** Rebuilds a `backbone` golden: one network, forward, and backward from a given cotangent of its output. */
import { differentiate } from '../../gpu/differentiate'
import type { Executable } from '../../gpu/executable'
import type { GpuContext } from '../../gpu/gpu-context'
import { GraphBuilder } from '../../gpu/graph'
import { type BufferRange, readRange, TensorStore } from '../../gpu/memory'
import { f32Tensor, type Value } from '../../gpu/operator'
import { type BackboneValues, buildBackbone, type TensorLookup } from '../../models/mvit'
import { backboneTensors, type TensorSpec } from '../../models/parameters'
import { add } from '../../ops/add'
import { fuse } from '../../ops/fuse'
import { placeCopy } from '../../pretraining/training-graph'
import { gradientOf } from '../../pretraining/training-layout'
import { type MVitShape, mvitShape } from '../../schema/mvit'
import type { Computed } from './computed'
import { type GoldenOf, readGiven } from './golden'

type BackboneGolden = GoldenOf<'backbone'>

/** Everything that outlives the graphs. */
interface Memory {
  /** Parameters and running statistics. */
  readonly tensors: TensorStore
  readonly gradients: TensorStore
  /** `input` and `output_grad`. */
  readonly clips: TensorStore
}

/** @throws when the file lacks a tensor, or one has another shape than the configuration says. */
export async function computeBackbone(context: GpuContext, golden: BackboneGolden): Promise<Computed> {
  const shape = mvitShape(golden.config)
  const specs = backboneTensors(shape, '')
  const owned: { destroy(): void }[] = []
  const destroy = () => {
    for (const made of owned) made.destroy()
  }
  try {
    const memory = await allocateMemory(context, golden, shape, specs)
    owned.push(memory.tensors, memory.gradients, memory.clips)
    await fillMemory(golden, specs, memory)
    const externals = externalsOf(memory)
    const run = async (graph: GraphBuilder): Promise<Executable> => {
      fuse(graph)
      const executable = await context.compile(graph, { externals })
      owned.push(executable)
      executable.poison()
      executable.run()
      return executable
    }
    const graph = new GraphBuilder()
    recordBothWays(graph, golden, shape, specs, memory)
    const whole = await run(graph)
    const outputs = new Map([...graph.outputs.keys()].map((name) => [name, whole]))
    if (golden.mode === 'eval') {
      // Frozen networks run without the way back, with more fused: that is what makes embeddings.
      const frozen = new GraphBuilder()
      frozen.output('output', recordForward(frozen, golden, shape, specs, memory).embedding)
      outputs.set('output', await run(frozen))
    }
    return { read: (name) => readTensor(context.device, memory, outputs, name), destroy }
  } catch (error) {
    destroy()
    throw error
  }
}

async function allocateMemory(
  { device }: GpuContext,
  { tensors }: BackboneGolden,
  { config, outputDim }: MVitShape,
  specs: readonly TensorSpec[],
): Promise<Memory> {
  const named = specs.map(({ name, shape, role }) => ({ name, role, type: f32Tensor(...shape) }))
  const batch = tensors.shapes.get('input')?.[0] ?? 1
  return {
    tensors: await TensorStore.create(device, 'the parameters', named),
    gradients: await TensorStore.create(
      device,
      'the gradients',
      named.filter(({ role }) => role === 'parameter'),
    ),
    clips: await TensorStore.create(device, 'the clips', [
      { name: 'input', type: f32Tensor(batch, ...config.input) },
      { name: 'output_grad', type: f32Tensor(batch, outputDim) },
    ]),
  }
}

async function fillMemory(golden: BackboneGolden, specs: readonly TensorSpec[], memory: Memory): Promise<void> {
  for (const { name, shape, role } of specs)
    memory.tensors.write(name, await readGiven(golden, `${role === 'parameter' ? 'param' : 'buffer'}.${name}`, shape))
  for (const { name, type } of memory.clips.entries) memory.clips.write(name, await readGiven(golden, name, type.shape))
}

function externalsOf({ tensors, gradients, clips }: Memory): Map<string, BufferRange> {
  const externals = new Map<string, BufferRange>()
  for (const store of [tensors, clips]) for (const { name } of store.entries) externals.set(name, store.range(name))
  for (const { name } of gradients.entries) externals.set(gradientOf(name), gradients.range(name))
  return externals
}

function recordForward(
  graph: GraphBuilder,
  { mode }: BackboneGolden,
  shape: MVitShape,
  specs: readonly TensorSpec[],
  { clips }: Memory,
): BackboneValues & { readonly tensor: TensorLookup } {
  const values = new Map<string, Value>(
    specs.map((spec) => [spec.name, graph.external(spec.name, f32Tensor(...spec.shape))]),
  )
  const tensor: TensorLookup = (name) => {
    const value = values.get(name)
    if (!value) throw new Error(`The network has no tensor "${name}".`)
    return value
  }
  const [input] = clips.entries
  if (!input) throw new Error('There is no input.')
  return { tensor, ...buildBackbone(graph, shape, graph.external(input.name, input.type), tensor, { mode }) }
}

/** Forward with all activations as outputs, and the gradient of every parameter in its place. */
function recordBothWays(
  graph: GraphBuilder,
  golden: BackboneGolden,
  shape: MVitShape,
  specs: readonly TensorSpec[],
  memory: Memory,
): void {
  const { tensor, embedding, patches, blocks } = recordForward(graph, golden, shape, specs, memory)
  graph.output('output', embedding)
  graph.output('activation.patch_embed', patches)
  for (const [index, value] of blocks.entries()) graph.output(`activation.blocks.${index}`, value)
  const names = memory.gradients.entries.map(({ name }) => name)
  const cotangent = graph.external('output_grad', embedding.type)
  differentiate(graph, [[embedding, cotangent]], names.map(tensor), add, {
    onGradient: (gradient, parameter) => placeCopy(graph, gradient, gradientOf(names[parameter] ?? '')),
  })
}

async function readTensor(
  device: GPUDevice,
  { tensors, gradients }: Memory,
  outputs: ReadonlyMap<string, Executable>,
  name: string,
): Promise<Float32Array<ArrayBuffer> | null> {
  const [, prefix, rest = ''] = /^(grad|buffer_after)\.(.+)$/.exec(name) ?? []
  const store = prefix === 'grad' ? gradients : tensors
  const range = prefix === undefined ? outputs.get(name)?.outputRange(name) : store.has(rest) ? store.range(rest) : null
  return range ? new Float32Array(await readRange(device, range)) : null
}
