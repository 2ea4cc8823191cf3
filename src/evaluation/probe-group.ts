/**
 * Probes of one shape on the GPU: their parameters side by side, so that every kernel handles all of them. Owns the memory;
 * the training loop says which rows each probe sees and at which rate.
 */
import { differentiate } from '../gpu/differentiate'
import type { Executable } from '../gpu/executable'
import type { GpuContext } from '../gpu/gpu-context'
import { GraphBuilder } from '../gpu/graph'
import { type BufferRange, copyRanges, readRange, sliceOf, TensorStore } from '../gpu/memory'
import { f32Tensor, only, u32Tensor, type Value } from '../gpu/operator'
import { add } from '../ops/add'
import { gatherRows } from '../ops/gather-rows'
import { type InitialPlan, initialise, initialPlans, probeAdam } from '../ops/probe-adam'
import { probeLoss, targetWords } from '../ops/probe-loss'
import { buildProbe, type ProbeShape, padded, probeTensors } from './probe-network'

/** What all probes of a task learn from, in GPU memory: `embeddings` [items, D], `targets` u32 [items, words]. */
export interface ProbeItems {
  readonly store: TensorStore
  readonly items: number
  readonly multilabel: boolean
}

/** A number that is no row: it fills up batches. */
const noRow = 0xffffffff

/** The rows of one run of the probes: those of each probe, or one list for all. */
export type RowsOfProbes = readonly (readonly number[])[]

export interface StepOfProbe {
  readonly seed: number
  /** Counts the probe's steps, from 1. */
  readonly step: number
  /** `probeAdamHyper`, or zeros where the probe rests. */
  readonly hyper: readonly number[]
}

type Stores = Readonly<Record<'parameters' | 'first' | 'second' | 'best', TensorStore>>

const maxRows = (rows: RowsOfProbes): number => padded(Math.max(4, ...rows.map(({ length }) => length)))

/** [lists, size] */
function rowTable(rows: RowsOfProbes, size: number): Uint32Array<ArrayBuffer> {
  const table = new Uint32Array(rows.length * size).fill(noRow)
  rows.forEach((list, index) => {
    table.set(list, index * size)
  })
  return table
}

export class ProbeGroup {
  private readonly executables = new Map<string, Executable>()

  private constructor(
    private readonly context: GpuContext,
    private readonly shape: ProbeShape,
    private readonly data: ProbeItems,
    private readonly dropout: number,
    /** How many probes there are. */
    readonly size: number,
    private readonly stores: Stores,
  ) {}

  private static async allocate(context: GpuContext, shape: ProbeShape, size: number): Promise<Stores> {
    const all = probeTensors(shape, size)
    const trained = all.filter(({ role }) => role === 'trained')
    const made: TensorStore[] = []
    const make = async (label: string, tensors: typeof all) => {
      const store = await TensorStore.create(context.device, label, tensors)
      made.push(store)
      return store
    }
    try {
      return {
        parameters: await make('the probes', all),
        best: await make('the best probes so far', all),
        first: await make('the probes’ first moments', trained),
        second: await make('the probes’ second moments', trained),
      }
    } catch (error) {
      for (const store of made) store.destroy()
      throw error
    }
  }

  /** Probes with random initial values, one for each seed. @throws when the adapter lacks memory. */
  static async create(
    context: GpuContext,
    shape: ProbeShape,
    data: ProbeItems,
    dropout: number,
    probes: readonly Pick<InitialPlan, 'seed' | 'distribution'>[],
  ): Promise<ProbeGroup> {
    const size = probes.length
    const stores = await ProbeGroup.allocate(context, shape, size)
    const group = new ProbeGroup(context, shape, data, dropout, size, stores)
    await group.initialise(probes)
    return group
  }

  private async initialise(probes: readonly Pick<InitialPlan, 'seed' | 'distribution'>[]): Promise<void> {
    const { parameters } = this.stores
    const graph = new GraphBuilder()
    const plans = new Map<string, Uint32Array<ArrayBuffer>>()
    probeTensors(this.shape, this.size).forEach(({ name, type, fan }, stream) => {
      if (!fan) {
        // Norms and statistics alternate between two numbers: weight 1 and bias 0, mean 0 and variance 1.
        const pair = name.endsWith('norm') ? [1, 0] : [0, 1]
        const numbers = Float32Array.from({ length: parameters.range(name).bytes / 4 }, (_, i) => pair[i % 2] ?? 0)
        parameters.write(name, numbers)
        return
      }
      // PyTorch's own biases are uniform whatever the weights are.
      const isBias = name.endsWith('bias')
      const gain = name === 'hidden.0.weight' || this.shape.hiddenLayers === 0 ? 1 : Math.SQRT2
      const deviation = gain * Math.sqrt(2 / (fan.in + fan.out))
      plans.set(
        name,
        initialPlans(
          probes.map(({ seed, distribution }) =>
            isBias
              ? { seed, distribution: 'uniform', spread: 1 / Math.sqrt(fan.in) }
              : { seed, distribution, spread: distribution === 'uniform' ? deviation * Math.sqrt(3) : deviation },
          ),
        ),
      )
      const plan = graph.input(name, u32Tensor(this.size, 4))
      graph.apply(initialise, [graph.external(`to ${name}`, type), plan], { stream })
    })
    const externals = new Map([...plans.keys()].map((name) => [`to ${name}`, parameters.range(name)]))
    const executable = await this.context.compile(graph, { externals })
    for (const [name, plan] of plans) executable.write(name, plan)
    executable.run()
    await this.context.device.queue.onSubmittedWorkDone()
    executable.destroy()
  }

  /** Overwrites one tensor of all probes: [P, ..] in {@link probeTensors}' layout. */
  write(name: string, values: Float32Array): void {
    this.stores.parameters.write(name, values)
  }

  /** One step of every probe on its batch; queued, not awaited. */
  async step(rows: RowsOfProbes, probes: readonly StepOfProbe[]): Promise<void> {
    const count = maxRows(rows)
    const executable = await this.compiled('train', rows.length, count)
    executable.write('rows', rowTable(rows, count))
    const lengthOf = (probe: number) => (rows.length === 1 ? rows[0] : rows[probe])?.length ?? 0
    executable.write(
      'state',
      Uint32Array.from(probes.flatMap(({ seed, step }, index) => [lengthOf(index), seed, step, 0])),
    )
    executable.write('hyper', Float32Array.from(probes.flatMap(({ hyper }) => [...hyper])))
    executable.run()
  }

  /** Resolves when the GPU has done what was queued. */
  finished(): Promise<undefined> {
    return this.context.device.queue.onSubmittedWorkDone()
  }

  /** Logits of the rows, as many for every probe or one list for all: per probe [rows, classes]. */
  async predict(rows: RowsOfProbes): Promise<Float32Array[]> {
    const { classes } = this.shape
    const columns = padded(classes)
    const longest = Math.max(...rows.map(({ length }) => length))
    const runs = Math.max(1, Math.ceil(longest / 1024))
    const count = padded(Math.max(4, Math.ceil(longest / runs)))
    const bias = new Float32Array(await readRange(this.context.device, this.stores.parameters.range('output.bias')))
    const lengthOf = (probe: number) => (rows.length === 1 ? rows[0] : rows[probe])?.length ?? 0
    const logits = Array.from({ length: this.size }, (_, probe) => new Float32Array(lengthOf(probe) * classes))
    const executable = await this.compiled('predict', rows.length, count)
    for (let run = 0; run < runs; run++) {
      const from = run * count
      executable.write(
        'rows',
        rowTable(
          rows.map((list) => list.slice(from, from + count)),
          count,
        ),
      )
      executable.run()
      const read = await executable.read('logits')
      for (const [probe, own] of logits.entries())
        for (let row = 0; row < Math.min(count, lengthOf(probe) - from); row++)
          for (let c = 0; c < classes; c++) {
            const sum = (read[(probe * count + row) * columns + c] ?? 0) + (bias[probe * columns + c] ?? 0)
            own[(from + row) * classes + c] = sum
          }
    }
    return logits
  }

  /** Keeps the present parameters of some probes as their best ones. */
  keepBest(probes: readonly number[]): void {
    this.copy(this.stores.parameters, this.stores.best, probes)
  }

  /** Brings back the best parameters of some probes. */
  restoreBest(probes: readonly number[]): void {
    this.copy(this.stores.best, this.stores.parameters, probes)
  }

  private copy(from: TensorStore, to: TensorStore, probes: readonly number[]): void {
    const slice = (range: BufferRange, probe: number) => sliceOf(range, probe, this.size)
    copyRanges(
      this.context.device,
      from.entries.flatMap(({ name }) =>
        probes.map((probe) => [slice(from.range(name), probe), slice(to.range(name), probe)] as const),
      ),
    )
  }

  /** The group without some of its probes; this one is gone then. */
  async only(probes: readonly number[]): Promise<ProbeGroup> {
    const stores = await ProbeGroup.allocate(this.context, this.shape, probes.length)
    for (const kind of ['parameters', 'first', 'second', 'best'] as const)
      copyRanges(
        this.context.device,
        this.stores[kind].entries.flatMap(({ name }) =>
          probes.map(
            (probe, index) =>
              [
                sliceOf(this.stores[kind].range(name), probe, this.size),
                sliceOf(stores[kind].range(name), index, probes.length),
              ] as const,
          ),
        ),
      )
    this.destroy()
    return new ProbeGroup(this.context, this.shape, this.data, this.dropout, probes.length, stores)
  }

  destroy(): void {
    for (const executable of this.executables.values()) executable.destroy()
    for (const store of Object.values(this.stores)) store.destroy()
  }

  /** @param lists 1 where all probes see the same rows. */
  private async compiled(what: 'train' | 'predict', lists: number, count: number): Promise<Executable> {
    const key = `${what} ${lists} ${count}`
    const known = this.executables.get(key)
    if (known) return known
    const executable = await this.compile(what, lists, count)
    this.executables.set(key, executable)
    return executable
  }

  private compile(what: 'train' | 'predict', lists: number, count: number): Promise<Executable> {
    const { shape, size, stores } = this
    const graph = new GraphBuilder()
    const externals = new Map<string, BufferRange>()
    const external = (name: string, store: TensorStore, source: string): Value => {
      const entry = store.entries.find((candidate) => candidate.name === source)
      if (!entry) throw new Error(`The probes have no tensor "${source}".`)
      externals.set(name, store.range(source))
      return graph.external(name, entry.type)
    }
    const isLinear = shape.hiddenLayers === 0
    // A linear probe multiplies rows of its own; hidden layers may share one matrix.
    const rows = graph.input('rows', lists === 1 && !isLinear ? u32Tensor(count) : u32Tensor(lists, count))
    const embeddings = external('embeddings', this.data.store, 'embeddings')
    const batch = only(graph.apply(gatherRows, [embeddings, rows], null))
    const tensors = new Map<string, Value>()
    for (const { name } of probeTensors(shape, size)) tensors.set(name, external(name, stores.parameters, name))
    const tensor = (name: string): Value => {
      const value = tensors.get(name)
      if (!value) throw new Error(`The probes have no tensor "${name}".`)
      return value
    }
    if (what === 'predict') {
      graph.output('logits', buildProbe(graph, shape, batch, tensor, { train: false }))
      return this.context.compile(graph, { externals })
    }
    const state = graph.input('state', u32Tensor(size, 4))
    const logits = buildProbe(graph, shape, batch, tensor, { train: true, state, dropout: this.dropout })
    const targets = external('targets', this.data.store, 'targets')
    const attributes = { classes: shape.classes, multilabel: this.data.multilabel }
    const loss = only(graph.apply(probeLoss, [logits, tensor('output.bias'), rows, targets, state], attributes))
    const hyper = graph.input('hyper', f32Tensor(size, 4))
    const names = probeTensors(shape, size).flatMap(({ name, role }) => (role === 'trained' ? [name] : []))
    const ones = graph.input('ones', f32Tensor(size))
    differentiate(graph, [[loss, ones]], names.map(tensor), add, {
      onGradient(gradient, index) {
        const name = names[index] ?? ''
        const moments = [external(`first ${name}`, stores.first, name), external(`second ${name}`, stores.second, name)]
        graph.apply(probeAdam, [tensor(name), gradient, ...moments, hyper], null)
      },
    })
    return this.context.compile(graph, { externals }).then((executable) => {
      executable.write('ones', new Float32Array(size).fill(1))
      return executable
    })
  }
}

/** Puts embeddings and labels of a task into GPU memory. @throws when it lacks memory. */
export async function storeItems(
  context: GpuContext,
  embeddings: readonly Float32Array[],
  labels: readonly (readonly number[])[],
  classes: number,
  multilabel: boolean,
): Promise<ProbeItems> {
  const items = embeddings.length
  const width = padded(embeddings[0]?.length ?? 0)
  const words = targetWords(classes)
  const store = await TensorStore.create(context.device, 'the embeddings', [
    { name: 'embeddings', type: f32Tensor(items, width) },
    { name: 'targets', type: u32Tensor(items, words) },
  ])
  const rows = new Float32Array(items * width)
  embeddings.forEach((row, item) => {
    rows.set(row, item * width)
  })
  store.write('embeddings', rows)
  const targets = new Uint32Array(items * words)
  labels.forEach((own, item) => {
    for (const label of new Set(own)) {
      const word = item * words + Math.floor(label / 32)
      targets[word] = (targets[word] ?? 0) + 2 ** (label % 32)
    }
  })
  store.write('targets', targets)
  return { store, items, multilabel }
}
