/**
 * The floor of a kernel's time on this adapter, max(FLOPs / peak, bytes / bandwidth), both measured here (design: "The
 * GPU engine", section 4). The peak is the best of several loops of multiply-adds without memory access in them.
 */
import copySource from '../../shaders/floor/copy.wgsl?raw'
import multiplyAddSource from '../../shaders/floor/multiply_add.wgsl?raw'
import type { Floor } from '../schema/floor'
import type { Executable } from './executable'
import type { GpuContext } from './gpu-context'
import { GraphBuilder } from './graph'
import { elementCount, f32, f32Tensor, type Operator, only, spread, typeAt } from './operator'

interface Loop {
  readonly chains: 4 | 8 | 16
  readonly fused: boolean
  readonly lanes: 64 | 256
}

const loops: readonly Loop[] = ([4, 8, 16] as const).flatMap((chains) =>
  [false, true].flatMap((fused) => ([64, 256] as const).map((lanes) => ({ chains, fused, lanes }))),
)
const iterations = 4096
/** Of one thread and chain: four lanes of a vector, a multiplication and an addition each. */
const flopsPerChain = 8 * iterations
/** 8 workgroups of the largest loop: an even share for up to 8 cores. */
const leastFlops = 8 * 256 * 16 * flopsPerChain
const shortestMs = 40
const keptLoops = 3

const multiplyAdd: Operator<Loop & { readonly groups: number }> = {
  name: 'multiplyAdd',
  infer: (_, { lanes, groups }) => [f32Tensor(lanes * groups)],
  launch: ({ attributes: { chains, fused, lanes, groups } }) => [
    {
      source: multiplyAddSource,
      entryPoint: 'multiply_add',
      constants: { LANES: lanes, FUSED: fused, EIGHT: chains >= 8, SIXTEEN: chains === 16 },
      uniforms: [iterations, f32(0.999), f32(0.001)],
      bindings: [{ output: 0 }],
      workgroups: [groups, 1, 1],
      flops: groups * lanes * chains * flopsPerChain,
    },
  ],
}

const copy: Operator<null> = {
  name: 'copy',
  infer: (inputs) => [typeAt(inputs, 0, 'copy')],
  launch({ inputs }, target) {
    const count = elementCount(typeAt(inputs, 0, 'copy')) / 4
    return [
      {
        source: copySource,
        entryPoint: 'copy',
        uniforms: [count],
        bindings: [{ input: 0 }, { output: 0 }],
        workgroups: spread(Math.ceil(count / 64), target),
      },
    ]
  },
}

/** Wall time of work that `submit` gives to an idle queue, in ms. */
async function timed({ device }: GpuContext, submit: () => void): Promise<number> {
  await device.queue.onSubmittedWorkDone()
  const start = performance.now()
  submit()
  await device.queue.onSubmittedWorkDone()
  return performance.now() - start
}

/** Measures the multiply-add peak again and again, with the loops that were the fastest at first. */
export class PeakMeter {
  private constructor(
    private readonly context: GpuContext,
    private readonly kept: readonly Executable[],
    private readonly flops: number,
  ) {}

  /** Compiles every loop and times it, with as much work as takes long enough to be timed. */
  static async open(context: GpuContext): Promise<PeakMeter> {
    let flops = leastFlops
    for (; ; flops *= 2) {
      const trial = await compileLoop(context, { chains: 8, fused: false, lanes: 64 }, flops)
      const times = [await timed(context, () => trial.run()), await timed(context, () => trial.run())]
      trial.destroy()
      if (Math.min(...times) >= shortestMs) break
    }
    const tried: { executable: Executable; ms: number }[] = []
    for (const loop of loops) {
      const executable = await compileLoop(context, loop, flops)
      await timed(context, () => executable.run())
      tried.push({ executable, ms: await timed(context, () => executable.run()) })
    }
    tried.sort((a, b) => a.ms - b.ms)
    for (const { executable } of tried.slice(keptLoops)) executable.destroy()
    const kept = tried.slice(0, keptLoops).map(({ executable }) => executable)
    return new PeakMeter(context, kept, flops)
  }

  /** Best of one run of each loop, in GFLOP/s. */
  async measure(): Promise<number> {
    const times: number[] = []
    for (const loop of this.kept) times.push(await timed(this.context, () => loop.run()))
    return this.flops / Math.min(...times) / 1e6
  }

  destroy(): void {
    for (const loop of this.kept) loop.destroy()
  }
}

function compileLoop(context: GpuContext, loop: Loop, flops: number): Promise<Executable> {
  const graph = new GraphBuilder()
  const groups = flops / (loop.lanes * loop.chains * flopsPerChain)
  graph.output('sums', only(graph.apply(multiplyAdd, [], { ...loop, groups })))
  return context.compile(graph)
}

const copiedBytes = 64 * 2 ** 20
const copyRuns = 5

/** Best of several copies by a kernel and by the queue, in GB/s; more bytes than caches hold where the adapter binds them. */
async function measureBandwidth(context: GpuContext): Promise<number> {
  const { limits, queue } = context.device
  const bytes = Math.min(copiedBytes, 2 ** Math.floor(Math.log2(limits.maxStorageBufferBindingSize)))
  const graph = new GraphBuilder()
  graph.output('y', only(graph.apply(copy, [graph.input('x', f32Tensor(bytes / 4))], null)))
  const executable = await context.compile(graph)
  const from = executable.inputRange('x')
  const to = executable.outputRange('y')
  const copyOnQueue = () => {
    const encoder = context.device.createCommandEncoder()
    encoder.copyBufferToBuffer(from.buffer, from.offset, to.buffer, to.offset, bytes)
    queue.submit([encoder.finish()])
  }
  const times: number[] = []
  for (let run = 0; run < copyRuns; run++) {
    times.push(await timed(context, () => executable.run()))
    times.push(await timed(context, copyOnQueue))
  }
  executable.destroy()
  return (2 * bytes) / Math.min(...times) / 1e6
}

/** Measures both figures; takes some seconds on a software adapter. */
export async function measureFloor(context: GpuContext): Promise<Floor> {
  const meter = await PeakMeter.open(context)
  const peaks = [await meter.measure(), await meter.measure()]
  meter.destroy()
  return { peakGflops: Math.max(...peaks), bandwidthGBs: await measureBandwidth(context) }
}
