/**
 * Compares sides that compute the same function of the same numbers: first that their results agree, then their times,
 * interleaved, with as many calls to a timing as take long enough.
 */
import type { GpuContext } from '../src/gpu/gpu-context'
import type { BenchOptions, PeerName, Row } from './bench'
import { interleave, peakSide, rowsOf, type Side } from './rounds'

/** A timing holds as many calls as take about this long on our side, so that submitting does not count. */
const wantedMs = 50
const mostRepeats = 50

export interface Contender {
  readonly name: 'ours' | PeerName
  /** Computes several times; resolves when the GPU is done. */
  run(repeats: number): Promise<void>
  /** Computes once and reads all of it. */
  result(): Promise<ArrayLike<number>>
  close(): void
}

export interface Comparison {
  readonly bench: string
  readonly name: string
  readonly context: GpuContext
  readonly ours: Contender
  readonly peers: readonly Contender[]
  /** Operations of one call, for the comparison with the peak; null where they say nothing. */
  readonly flops: number | null
  /** @throws when a peer's result is another one than ours. */
  readonly agree: (peer: PeerName, result: ArrayLike<number>, ours: ArrayLike<number>) => void
}

/** Closes all sides in the end. */
export async function compare(comparison: Comparison, rounds: number, asked: BenchOptions['peers']): Promise<Row[]> {
  const { bench, name, context, ours, peers, flops, agree } = comparison
  const contenders = [ours, ...peers]
  let peak: Awaited<ReturnType<typeof peakSide>> | null = null
  try {
    const expected = await ours.result()
    for (const peer of peers) if (peer.name !== 'ours') agree(peer.name, await peer.result(), expected)
    for (const contender of contenders) await contender.run(1)
    const start = performance.now()
    await ours.run(1)
    const repeats = Math.min(mostRepeats, Math.ceil(wantedMs / Math.max(0.1, performance.now() - start)))
    const sides: Side[] = contenders.map((contender) => ({
      name: contender.name,
      async run() {
        await contender.run(repeats)
        return undefined
      },
    }))
    if (flops !== null && asked.includes('peak')) {
      peak = await peakSide(context, flops * repeats)
      sides.push(peak)
    }
    const times = await interleave(sides, rounds)
    const perCall = new Map([...times].map(([side, all]) => [side, all.map((ms) => ms / repeats)]))
    return rowsOf(bench, name, context.gpu.adapterName, perCall)
  } finally {
    for (const contender of contenders) contender.close()
    peak?.close()
  }
}
