/** GPU time by kernel: one run with every dispatch in a pass of its own between two timestamps. */

export interface KernelTime {
  readonly kernel: string
  readonly calls: number
  readonly ms: number
  /** Floating-point operations per second, in units of 1e9; by the kernels' own estimates. */
  readonly gigaflops: number
  /** Of the time of all kernels. */
  readonly share: number
}

export interface Dispatch {
  readonly pipeline: GPUComputePipeline
  readonly bindGroup: GPUBindGroup
  readonly workgroups: readonly [number, number, number]
  readonly flops: number
  readonly kernel: string
}

/** Browsers allow this many timestamps in one set. */
const maxQueries = 4096

const queriesOf = (batches: readonly (readonly Dispatch[])[]): number =>
  2 * batches.reduce((sum, batch) => sum + batch.length, 0)

/** Whether {@link timeKernels} can: the adapter has timestamps, and enough for so many dispatches. */
export const canTime = (device: GPUDevice, batches: readonly (readonly Dispatch[])[]): boolean =>
  device.features.has('timestamp-query') && queriesOf(batches) > 0 && queriesOf(batches) <= maxQueries

/**
 * Runs all dispatches once, as a run would, and times them; sorted by time. Browsers round timestamps (to 0.1 ms in Chromium), so single small kernels read as 0.
 */
export async function timeKernels(device: GPUDevice, batches: readonly (readonly Dispatch[])[]): Promise<KernelTime[]> {
  const count = queriesOf(batches)
  const querySet = device.createQuerySet({ type: 'timestamp', count })
  const bytes = count * 8
  const resolved = device.createBuffer({ size: bytes, usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC })
  const staging = device.createBuffer({ size: bytes, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST })
  let index = 0
  for (const batch of batches) {
    const encoder = device.createCommandEncoder()
    for (const { pipeline, bindGroup, workgroups } of batch) {
      const pass = encoder.beginComputePass({
        timestampWrites: { querySet, beginningOfPassWriteIndex: index++, endOfPassWriteIndex: index++ },
      })
      pass.setPipeline(pipeline)
      pass.setBindGroup(0, bindGroup)
      pass.dispatchWorkgroups(workgroups[0], workgroups[1], workgroups[2])
      pass.end()
    }
    device.queue.submit([encoder.finish()])
  }
  const encoder = device.createCommandEncoder()
  encoder.resolveQuerySet(querySet, 0, count, resolved, 0)
  encoder.copyBufferToBuffer(resolved, 0, staging, 0, bytes)
  device.queue.submit([encoder.finish()])
  await staging.mapAsync(GPUMapMode.READ)
  const times = new BigUint64Array(staging.getMappedRange().slice(0))
  for (const owned of [querySet, resolved, staging]) owned.destroy()

  const byKernel = new Map<string, { calls: number; ms: number; flops: number }>()
  batches.flat().forEach(({ kernel, flops }, i) => {
    const sum = byKernel.get(kernel) ?? { calls: 0, ms: 0, flops: 0 }
    sum.calls++
    sum.ms += Number((times[2 * i + 1] ?? 0n) - (times[2 * i] ?? 0n)) / 1e6
    sum.flops += flops
    byKernel.set(kernel, sum)
  })
  const total = [...byKernel.values()].reduce((sum, { ms }) => sum + ms, 0)
  return [...byKernel]
    .map(([kernel, { calls, ms, flops }]) => ({
      kernel,
      calls,
      ms,
      gigaflops: ms > 0 ? flops / ms / 1e6 : 0,
      share: total > 0 ? ms / total : 0,
    }))
    .sort((a, b) => b.ms - a.ms)
}

/** The times of several runs as one, sorted by time; null when one of them was not timed. */
export function sumKernelTimes(runs: readonly (readonly KernelTime[] | null)[]): KernelTime[] | null {
  const sums = new Map<string, KernelTime>()
  for (const run of runs) {
    if (!run) return null
    for (const time of run) {
      const sum = sums.get(time.kernel) ?? { ...time, calls: 0, ms: 0, gigaflops: 0 }
      const ms = sum.ms + time.ms
      const work = sum.gigaflops * sum.ms + time.gigaflops * time.ms
      sums.set(time.kernel, { ...sum, calls: sum.calls + time.calls, ms, gigaflops: ms > 0 ? work / ms : 0 })
    }
  }
  const total = [...sums.values()].reduce((sum, { ms }) => sum + ms, 0)
  return [...sums.values()]
    .map((time) => ({ ...time, share: total > 0 ? time.ms / total : 0 }))
    .sort((a, b) => b.ms - a.ms)
}
