/**
 * A compiled graph: memory, pipelines, uniforms and bind groups are all made before the first run; a run only encodes
 * the recorded dispatches and submits them.
 */

import type { KernelTime } from '../schema/floor'
import type { Gpu } from './device'
import { baseOf, type GraphBuilder } from './graph'
import { allocate, type BufferRange, readRange } from './memory'
import { type Binding, byteLength, type Launch, type Value } from './operator'
import type { PipelineCache } from './pipelines'
import { align, alignment, type MemoryPlan, type PlannedNode, planMemory } from './plan'
import { canTime, type Dispatch, timeKernels } from './profiler'

export interface CompileOptions {
  /** Memory of the graph's external sources and placements, by name. */
  readonly externals?: ReadonlyMap<string, BufferRange>
  /** {@link planMemory} of the graph, where it was made before. */
  readonly plan?: MemoryPlan
  /** Memory that plans which run one after another share; at least as much as this one needs. Otherwise its own. */
  readonly arenas?: readonly GPUBuffer[]
  readonly onProgress?: (done: number, total: number) => void
}

/** A submit should stay near 100 ms, so that watchdogs and the page are content. */
const flopsPerSubmit = { software: 2e8, gpu: 2e10 } as const

export class Executable {
  private constructor(
    private readonly gpu: Gpu,
    private readonly batches: readonly (readonly Dispatch[])[],
    private readonly inputs: ReadonlyMap<string, BufferRange>,
    private readonly outputs: ReadonlyMap<string, BufferRange>,
    private readonly owned: readonly GPUBuffer[],
    private readonly arenas: readonly GPUBuffer[],
    readonly plan: MemoryPlan,
  ) {}

  /** Plans, allocates and compiles. @throws what {@link planMemory}, the adapter's memory or a shader finds wrong. */
  static async compile(gpu: Gpu, pipelines: PipelineCache, graph: GraphBuilder, options: CompileOptions = {}) {
    const { device } = gpu
    const { limits } = device
    const plan = options.plan ?? planMemory(graph, limits.maxBufferSize, limits.maxStorageBufferBindingSize, gpu.target)
    const owned: GPUBuffer[] = []
    try {
      const arenas = options.arenas ?? (await allocateArenas(device, plan.arenaBytes))
      if (!options.arenas) owned.push(...arenas)
      const inputs = new Map<string, BufferRange>()
      const ranges = new Map<Value, BufferRange>()
      const external = (name: string, value: Value): BufferRange => {
        const range = options.externals?.get(name)
        if (!range) throw new Error(`No memory was given for "${name}".`)
        if (range.bytes !== byteLength(value.type))
          throw new Error(`"${name}" has ${range.bytes} bytes; the graph needs ${byteLength(value.type)}.`)
        return range
      }
      for (const { value, name, kind } of graph.sources) {
        if (kind === 'external') {
          ranges.set(value, external(name, value))
          continue
        }
        const buffer = await allocate(device, byteLength(value.type), name)
        owned.push(buffer)
        const range = { buffer, offset: 0, bytes: byteLength(value.type) }
        inputs.set(name, range)
        ranges.set(value, range)
      }
      for (const [value, name] of graph.placements) ranges.set(value, external(name, value))
      for (const [value, place] of plan.places) {
        const buffer = arenas[place.arena]
        if (buffer) ranges.set(value, { buffer, offset: place.offset, bytes: byteLength(value.type) })
      }
      const rangeOf = (value: Value): BufferRange => {
        const range = ranges.get(baseOf(value))
        if (!range) throw new Error(`Value ${value.id} has no memory.`)
        return range
      }
      const launches = plan.nodes.map((planned) => launchesOf(planned, gpu))
      const uniforms = uniformBuffer(device, launches.flat())
      owned.push(uniforms.buffer)
      const tables = uploadTables(device, launches.flat())
      if (tables) owned.push(tables.buffer)
      const compiled = await compileAll(pipelines, launches.flat(), options.onProgress)
      const dispatches: Dispatch[] = []
      plan.nodes.forEach((planned, index) => {
        const find = (binding: Binding): BufferRange =>
          'table' in binding ? tableRange(tables, binding.table) : bindingRange(planned, binding, rangeOf, arenas)
        for (const launch of launches[index] ?? []) {
          const kernel = compiled[dispatches.length]
          if (!kernel) throw new Error(`Kernel ${launch.entryPoint} is missing.`)
          dispatches.push({
            pipeline: kernel.pipeline,
            bindGroup: device.createBindGroup({
              layout: kernel.layout,
              entries: [uniforms.entry(dispatches.length), ...launch.bindings.map((b, i) => entryOf(i + 1, find(b)))],
            }),
            workgroups: launch.workgroups,
            flops: launch.flops ?? 0,
            bytes: launch.bytes ?? launch.bindings.reduce((sum, binding) => sum + find(binding).bytes, 0),
            kernel: launch.entryPoint,
          })
        }
      })
      const outputs = new Map([...graph.outputs].map(([name, value]) => [name, rangeOf(value)]))
      const batches = cut(dispatches, flopsPerSubmit[gpu.target.kind])
      return new Executable(gpu, batches, inputs, outputs, owned, arenas, plan)
    } catch (error) {
      for (const buffer of owned) buffer.destroy()
      throw error
    }
  }

  get dispatchCount(): number {
    return this.batches.reduce((sum, batch) => sum + batch.length, 0)
  }

  /** Writes a host input; it takes effect for runs submitted afterwards. */
  write(name: string, data: Float32Array | Uint32Array): void {
    const range = this.inputs.get(name)
    if (!range) throw new Error(`The plan has no input "${name}".`)
    if (data.byteLength !== range.bytes)
      throw new Error(`Input "${name}" holds ${range.bytes / 4} numbers; ${data.length} were given.`)
    this.gpu.device.queue.writeBuffer(range.buffer, range.offset, data.buffer, data.byteOffset, data.byteLength)
  }

  hasInput(name: string): boolean {
    return this.inputs.has(name)
  }

  /** Memory of a host input, so that another plan can write it on the GPU. */
  inputRange(name: string): BufferRange {
    const range = this.inputs.get(name)
    if (!range) throw new Error(`The plan has no input "${name}".`)
    return range
  }

  /** Memory of an output, so that another plan can read it on the GPU. */
  outputRange(name: string): BufferRange {
    const range = this.outputs.get(name)
    if (!range) throw new Error(`The plan has no output "${name}".`)
    return range
  }

  /** Replays all dispatches. Returns at once; results follow in queue order. */
  run(): void {
    const { device } = this.gpu
    for (const batch of this.batches) {
      const encoder = device.createCommandEncoder()
      const pass = encoder.beginComputePass()
      for (const { pipeline, bindGroup, workgroups } of batch) {
        pass.setPipeline(pipeline)
        pass.setBindGroup(0, bindGroup)
        pass.dispatchWorkgroups(workgroups[0], workgroups[1], workgroups[2])
      }
      pass.end()
      device.queue.submit([encoder.finish()])
    }
  }

  /** A run like any other, timed by kernel; null where the adapter has no timestamps, or not enough. */
  profile(): Promise<KernelTime[] | null> {
    if (canTime(this.gpu.device, this.batches)) return timeKernels(this.gpu.device, this.batches)
    this.run()
    return Promise.resolve(null)
  }

  /** Copies an output as it is at this point of the queue; resolves when the GPU got there. */
  async read(name: string): Promise<Float32Array> {
    return new Float32Array(await readRange(this.gpu.device, this.outputRange(name)))
  }

  /** Fills every arena with NaN, so that a test sees what a kernel forgot to write. */
  poison(): void {
    const chunk = 2 ** 22
    const poison = new Uint32Array(Math.min(chunk, Math.max(0, ...this.arenas.map(({ size }) => size / 4)))).fill(
      0x7fc00000,
    )
    for (const arena of this.arenas)
      for (let at = 0; at < arena.size / 4; at += chunk)
        this.gpu.device.queue.writeBuffer(arena, 4 * at, poison, 0, Math.min(chunk, arena.size / 4 - at))
  }

  destroy(): void {
    for (const buffer of this.owned) buffer.destroy()
  }
}

/** Gives back what it got when it does not get all. @throws what {@link allocate} says. */
export async function allocateArenas(device: GPUDevice, bytes: readonly number[]): Promise<GPUBuffer[]> {
  const arenas: GPUBuffer[] = []
  try {
    for (const [index, size] of bytes.entries()) arenas.push(await allocate(device, size, `arena ${index}`))
    return arenas
  } catch (error) {
    for (const arena of arenas) arena.destroy()
    throw error
  }
}

function launchesOf(planned: PlannedNode, gpu: Gpu): readonly Launch[] {
  const { node } = planned
  return node.operator.launch(
    {
      attributes: node.attributes,
      inputs: node.inputs.map((value) => value.type),
      outputs: node.outputs.map((value) => value.type),
      workspaces: planned.workspaces,
    },
    gpu.target,
  )
}

interface UploadedTables {
  readonly buffer: GPUBuffer
  readonly offsets: ReadonlyMap<Uint32Array, number>
}

/** All host tables that the launches name, one after another in one buffer; null when there are none. */
function uploadTables(device: GPUDevice, launches: readonly Launch[]): UploadedTables | null {
  const offsets = new Map<Uint32Array<ArrayBuffer>, number>()
  let bytes = 0
  for (const { bindings } of launches)
    for (const binding of bindings) {
      if (!('table' in binding) || offsets.has(binding.table)) continue
      offsets.set(binding.table, bytes)
      bytes += align(binding.table.byteLength)
    }
  if (offsets.size === 0) return null
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST
  const buffer = device.createBuffer({ size: bytes, usage, label: 'tables' })
  for (const [table, offset] of offsets) device.queue.writeBuffer(buffer, offset, table)
  return { buffer, offsets }
}

function tableRange(tables: UploadedTables | null, table: Uint32Array): BufferRange {
  const offset = tables?.offsets.get(table)
  if (!tables || offset === undefined) throw new Error('A table was not uploaded.')
  return { buffer: tables.buffer, offset, bytes: table.byteLength }
}

function bindingRange(
  planned: PlannedNode,
  binding: Exclude<Binding, { readonly table: Uint32Array }>,
  rangeOf: (value: Value) => BufferRange,
  arenas: readonly GPUBuffer[],
): BufferRange {
  const { node } = planned
  if ('workspace' in binding) {
    const place = planned.workspacePlaces[binding.workspace]
    const type = planned.workspaces[binding.workspace]
    const buffer = place && arenas[place.arena]
    if (!place || !type || !buffer) throw new Error(`${node.operator.name} has no workspace ${binding.workspace}.`)
    return { buffer, offset: place.offset, bytes: byteLength(type) }
  }
  const value = 'input' in binding ? node.inputs[binding.input] : node.outputs[binding.output]
  if (!value) throw new Error(`${node.operator.name} binds ${JSON.stringify(binding)}, which it does not have.`)
  return rangeOf(value)
}

const entryOf = (binding: number, { buffer, offset, bytes }: BufferRange): GPUBindGroupEntry => ({
  binding,
  resource: { buffer, offset, size: Math.max(4, Math.ceil(bytes / 4) * 4) },
})

/** All uniforms of all launches in one buffer, a slice each. */
function uniformBuffer(device: GPUDevice, launches: readonly Launch[]) {
  const sizes = launches.map(({ uniforms }) => Math.max(16, Math.ceil((uniforms.length * 4) / 16) * 16))
  const offsets: number[] = []
  let total = 0
  for (const size of sizes) {
    offsets.push(total)
    total += Math.ceil(size / alignment) * alignment
  }
  const data = new DataView(new ArrayBuffer(Math.max(total, alignment)))
  launches.forEach(({ uniforms }, index) => {
    uniforms.forEach((uniform, i) => {
      const at = (offsets[index] ?? 0) + i * 4
      if (typeof uniform === 'number') data.setUint32(at, uniform, true)
      else data.setFloat32(at, uniform.f32, true)
    })
  })
  const buffer = device.createBuffer({
    size: align(data.byteLength),
    usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    label: 'uniforms',
  })
  device.queue.writeBuffer(buffer, 0, data)
  const entry = (index: number): GPUBindGroupEntry => ({
    binding: 0,
    resource: { buffer, offset: offsets[index] ?? 0, size: sizes[index] ?? 16 },
  })
  return { buffer, entry }
}

async function compileAll(
  pipelines: PipelineCache,
  launches: readonly Launch[],
  onProgress?: CompileOptions['onProgress'],
) {
  let done = 0
  return Promise.all(
    launches.map(async (launch) => {
      const kernel = await pipelines.get(launch)
      onProgress?.(++done, launches.length)
      return kernel
    }),
  )
}

function cut(dispatches: readonly Dispatch[], limit: number): Dispatch[][] {
  const batches: Dispatch[][] = []
  let batch: Dispatch[] = []
  let flops = 0
  for (const dispatch of dispatches) {
    if (batch.length > 0 && flops + dispatch.flops > limit) {
      batches.push(batch)
      batch = []
      flops = 0
    }
    batch.push(dispatch)
    flops += dispatch.flops
  }
  if (batch.length > 0) batches.push(batch)
  return batches
}
