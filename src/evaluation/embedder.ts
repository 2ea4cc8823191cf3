/**
 * Frozen networks as a function from prepared clips to embeddings and projections: the eval graph of one modality,
 * compiled once for a fixed number of clips and replayed.
 */
import type { Executable } from '../gpu/executable'
import type { GpuContext } from '../gpu/gpu-context'
import { GraphBuilder } from '../gpu/graph'
import { type BufferRange, TensorStore } from '../gpu/memory'
import { f32Tensor, type Value } from '../gpu/operator'
import { buildHead } from '../models/head'
import { buildBackbone } from '../models/mvit'
import type { FrozenNetwork } from '../models/network'
import { fuse } from '../ops/fuse'
import type { Modality } from '../schema/mvit'

export interface Embedded {
  /** [clips, D] of the backbone. */
  readonly embeddings: Float32Array
  /** [clips, d] of the head, not normalised; empty without one. */
  readonly projections: Float32Array
}

/** Where tensors of a network lie in GPU memory, by name: stored for inference, or those of a run that goes on. */
export interface WeightRanges {
  range(name: string): BufferRange
}

/** Parameters and running statistics of a network in GPU memory, for inference. */
export function storeNetwork(
  context: GpuContext,
  network: FrozenNetwork,
  tensors: ReadonlyMap<string, Float32Array>,
): Promise<TensorStore> {
  return TensorStore.create(
    context.device,
    'the parameters',
    network.tensors.map(({ name, shape }) => ({ name, type: f32Tensor(...shape) })),
  ).then((store) => {
    for (const { name } of network.tensors) {
      const data = tensors.get(name)
      if (!data) throw new Error(`The weights hold no tensor "${name}".`)
      store.write(name, data)
    }
    return store
  })
}

export class Embedder {
  private constructor(
    private readonly executable: Executable,
    /** Clips of one run. */
    readonly batch: number,
    private readonly dimensions: { readonly embedding: number; readonly projection: number },
  ) {}

  /**
   * @param weights All tensors of the network by name.
   * @param input Memory of `batch` clips; whoever prepares clips writes them there before {@link run}.
   */
  static async create(
    context: GpuContext,
    network: FrozenNetwork,
    modality: Modality,
    weights: WeightRanges,
    input: BufferRange,
    batch: number,
  ): Promise<Embedder> {
    const graph = new GraphBuilder()
    const externals = new Map<string, BufferRange>([['clips', input]])
    const lookup = (prefix: string) => {
      const values = new Map<string, Value>()
      for (const { name, shape } of network.tensors)
        if (name.startsWith(prefix)) {
          values.set(name.slice(prefix.length), graph.external(name, f32Tensor(...shape)))
          externals.set(name, weights.range(name))
        }
      return (name: string) => {
        const value = values.get(name)
        if (!value) throw new Error(`The network has no tensor "${prefix}${name}".`)
        return value
      }
    }
    const shape = network.shapes[modality]
    if (!shape) throw new Error(`The weights hold no ${modality} network.`)
    const clips = graph.external('clips', f32Tensor(batch, ...shape.config.input))
    const { embedding } = buildBackbone(graph, shape, clips, lookup(`net.${modality}.`), { mode: 'eval' })
    graph.output('embedding', embedding)
    const { head } = network
    if (head) graph.output('projection', buildHead(graph, head, embedding, lookup(`head.${modality}.`), 'eval'))
    fuse(graph)
    const executable = await context.compile(graph, { externals })
    const dimensions = { embedding: shape.outputDim, projection: head?.layers.at(-1) ?? 0 }
    return new Embedder(executable, batch, dimensions)
  }

  /** Embeds the first `count` clips of the input memory. */
  async run(count: number): Promise<Embedded> {
    this.executable.run()
    const [embeddings, projections] = await Promise.all([
      this.executable.read('embedding'),
      this.dimensions.projection > 0 ? this.executable.read('projection') : new Float32Array(),
    ])
    return {
      embeddings: embeddings.slice(0, count * this.dimensions.embedding),
      projections: projections.slice(0, count * this.dimensions.projection),
    }
  }

  destroy(): void {
    this.executable.destroy()
  }
}
