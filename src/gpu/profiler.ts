/** GPU time by kernel: one run with every dispatch in a pass of its own between two timestamps. */

import type { KernelTime } from '../schema/floor'

export interface Dispatch {
  readonly pipeline: GPUComputePipeline
  readonly bindGroup: GPUBindGroup
  readonly workgroups: readonly [number, number, number]
  readonly flops: number
  readonly bytes: number
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

  return summed(
    batches.flat().map(({ kernel, flops, bytes: moved }, i) => {
      const ms = Number((times[2 * i + 1] ?? 0n) - (times[2 * i] ?? 0n)) / 1e6
      return { kernel, calls: 1, ms, flops, bytes: moved }
    }),
  )
}

interface Timed {
  readonly kernel: string
  readonly calls: number
  readonly ms: number
  readonly flops: number
  readonly bytes: number
}

/** One row per kernel, sorted by time. */
function summed(timed: readonly Timed[]): KernelTime[] {
  const byKernel = new Map<string, Timed>()
  for (const { kernel, calls, ms, flops, bytes } of timed) {
    const sum = byKernel.get(kernel) ?? { calls: 0, ms: 0, flops: 0, bytes: 0 }
    byKernel.set(kernel, {
      kernel,
      calls: sum.calls + calls,
      ms: sum.ms + ms,
      flops: sum.flops + flops,
      bytes: sum.bytes + bytes,
    })
  }
  const total = [...byKernel.values()].reduce((sum, { ms }) => sum + ms, 0)
  const rate = (amount: number, ms: number) => (ms > 0 ? amount / ms / 1e6 : 0)
  return [...byKernel.values()]
    .map(({ kernel, calls, ms, flops, bytes }) => ({
      kernel,
      calls,
      ms,
      gigaflops: rate(flops, ms),
      gigabytesPerS: rate(bytes, ms),
      share: total > 0 ? ms / total : 0,
    }))
    .sort((a, b) => b.ms - a.ms)
}

/** The times of several runs as one, sorted by time; null when one of them was not timed. */
export function sumKernelTimes(runs: readonly (readonly KernelTime[] | null)[]): KernelTime[] | null {
  if (runs.includes(null)) return null
  const all = runs.flatMap((run) => run ?? [])
  return summed(
    all.map(({ gigaflops, gigabytesPerS, ms, ...time }) => ({
      ...time,
      ms,
      flops: gigaflops * ms * 1e6,
      bytes: gigabytesPerS * ms * 1e6,
    })),
  )
}
