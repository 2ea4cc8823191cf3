/** Interleaved timing: every round runs all sides, each round starting with another one; medians over the rounds count. */

import { PeakMeter } from '../src/gpu/floor'
import type { GpuContext } from '../src/gpu/gpu-context'
import type { PeerName, Row } from './bench'

/** One of those that are compared. `run` returns when the work is done; it gives ms only where wall time is not meant. */
export interface Side {
  readonly name: 'ours' | PeerName
  run(): Promise<number | undefined>
}

export type Times = ReadonlyMap<Side['name'], readonly number[]>

export async function interleave(sides: readonly Side[], rounds: number): Promise<Times> {
  const times = new Map<Side['name'], number[]>(sides.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round++)
    for (let turn = 0; turn < sides.length; turn++) {
      const side = sides[(round + turn) % sides.length]
      if (!side) continue
      const start = performance.now()
      const ms = await side.run()
      times.get(side.name)?.push(ms ?? performance.now() - start)
    }
  return times
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}

/** The time that `flops` operations take at the multiply-add peak, measured anew in every round. */
export async function peakSide(context: GpuContext, flops: number): Promise<Side & { close(): void }> {
  const meter = await PeakMeter.open(context)
  return {
    name: 'peak',
    run: async () => flops / (await meter.measure()) / 1e6,
    close: () => meter.destroy(),
  }
}

/** A row per peer that was timed. */
export function rowsOf(bench: string, caseName: string, adapter: string, times: Times): Row[] {
  const ours = median(times.get('ours') ?? [])
  return [...times].flatMap(([name, measured]) => {
    if (name === 'ours') return []
    const peer = median(measured)
    return [{ bench, case: caseName, ours, peer, peerName: name, unit: 'ms', ratio: peer / ours, adapter }]
  })
}
