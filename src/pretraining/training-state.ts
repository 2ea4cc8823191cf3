/** The memory of a run that outlives its steps: parameters, moments, running statistics, Adam's counters. */
import type { GpuContext } from '../gpu/gpu-context'
import { type BufferRange, TensorStore } from '../gpu/memory'
import { f32Tensor, u32Tensor } from '../gpu/operator'
import { initialValues } from '../models/initialise'
import type { Network } from '../models/network'
import { flat, gradientOf, type TrainingLayout, trainingLayout } from './training-layout'

export class TrainingState {
  private constructor(
    readonly network: Network,
    readonly layout: TrainingLayout,
    private readonly parameters: TensorStore,
    private readonly gradients: TensorStore,
    private readonly firstMoments: TensorStore,
    private readonly secondMoments: TensorStore,
    private readonly buffers: TensorStore,
    private readonly counters: TensorStore,
  ) {}

  /**
   * Allocates and initialises for step 0.
   * @param layout {@link trainingLayout} for what the adapter binds at once, unless given.
   * @throws when the GPU cannot hold it, naming the size and the remedy.
   */
  static async create(
    context: GpuContext,
    network: Network,
    seed: number,
    layout: TrainingLayout = trainingLayout(network, context.device.limits.maxStorageBufferBindingSize),
  ): Promise<TrainingState> {
    const made: TensorStore[] = []
    const store = async (label: string, entries: TrainingLayout['parameters']) => {
      const created = await TensorStore.create(context.device, label, entries, layout.rangeLimit)
      made.push(created)
      return created
    }
    try {
      const state = new TrainingState(
        network,
        layout,
        await store('the parameters', layout.parameters),
        await store('the gradients', layout.parameters),
        await store('the first moments', layout.parameters),
        await store('the second moments', layout.parameters),
        await store('the running statistics', layout.buffers),
        await store('the optimiser state', [
          { name: flat.adamState, type: f32Tensor(4) },
          ...layout.ranges.map(({ decayFlags }, range) => ({
            name: flat.decayFlags(range),
            type: u32Tensor(decayFlags.length),
          })),
        ]),
      )
      for (const [range, { decayFlags }] of layout.ranges.entries())
        state.counters.write(flat.decayFlags(range), decayFlags)
      state.writeTensors(initialValues(network.tensors, seed))
      return state
    } catch (error) {
      for (const created of made) created.destroy()
      throw error
    }
  }

  /** Everything a training graph or an inference graph names as external, but its input clips. */
  externals(): Map<string, BufferRange> {
    const ranges = new Map<string, BufferRange>()
    const addAll = (name: (range: number) => string, { wholes }: TensorStore) => {
      for (const [range, whole] of wholes.entries()) ranges.set(name(range), whole)
    }
    addAll(flat.parameters, this.parameters)
    addAll(flat.gradients, this.gradients)
    addAll(flat.firstMoments, this.firstMoments)
    addAll(flat.secondMoments, this.secondMoments)
    for (const { name } of this.counters.entries) ranges.set(name, this.counters.range(name))
    for (const { name } of this.layout.parameters) {
      ranges.set(name, this.parameters.range(name))
      ranges.set(gradientOf(name), this.gradients.range(name))
    }
    for (const { name } of this.layout.buffers) ranges.set(name, this.buffers.range(name))
    return ranges
  }

  /** Writes parameters and running statistics by name. */
  writeTensors(tensors: ReadonlyMap<string, Float32Array>): void {
    for (const [name, data] of tensors) (this.parameters.has(name) ? this.parameters : this.buffers).write(name, data)
  }

  /** All parameters and running statistics by name, in the network's order. */
  async readTensors(): Promise<Map<string, Float32Array>> {
    const read = new Map([...(await this.parameters.read()), ...(await this.buffers.read())])
    return new Map(
      this.network.tensors.map(({ name }) => {
        const data = read.get(name)
        if (!data) throw new Error(`The state has no tensor "${name}".`)
        return [name, data]
      }),
    )
  }

  readGradients(): Promise<Map<string, Float32Array>> {
    return this.gradients.read()
  }

  /** Where gradients are sums over micro-batches, each step starts them from zeros. */
  clearGradients(): void {
    this.gradients.clear()
  }

  /** Adam's step count and how many steps were skipped because something was not finite. */
  async readCounters(): Promise<{ steps: number; skipped: number }> {
    const [steps = 0, skipped = 0] = (await this.counters.read()).get(flat.adamState) ?? []
    return { steps, skipped }
  }

  private get saved(): readonly TensorStore[] {
    return [this.parameters, this.firstMoments, this.secondMoments, this.buffers, this.counters]
  }

  /** What a checkpoint must hold for the run to go on to the same bits; gradients are computed anew. */
  async snapshot(): Promise<Uint8Array<ArrayBuffer>[]> {
    const parts: Uint8Array<ArrayBuffer>[] = []
    for (const store of this.saved) for (const bytes of await store.readAll()) parts.push(new Uint8Array(bytes))
    return parts
  }

  /** @throws when the bytes are not a snapshot of a network of this size. */
  restore(bytes: Uint8Array<ArrayBuffer>): void {
    let offset = 0
    const total = this.saved.reduce((sum, store) => sum + store.bytes, 0)
    if (bytes.byteLength !== total)
      throw new Error(`The checkpoint holds ${bytes.byteLength} bytes of state; this network has ${total}.`)
    for (const store of this.saved) {
      store.writeAll(bytes.subarray(offset, offset + store.bytes))
      offset += store.bytes
    }
  }

  destroy(): void {
    for (const store of [...this.saved, this.gradients]) store.destroy()
  }
}
