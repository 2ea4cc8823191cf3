/** What a benchmark is: given a GPU, the peers to run against and the number of rounds, it gives rows and notes. */
import type { GpuContext } from '../src/gpu/gpu-context'

export const peerNames = ['peak', 'jax-js', 'tfjs', 'pytorch', 'ffmpeg'] as const
export type PeerName = (typeof peerNames)[number]

/** One comparison: times in ms, `ratio` = peer / ours. For `peak` the peer's time is that of the same work at the peak. */
export interface Row {
  readonly bench: string
  readonly case: string
  readonly ours: number
  readonly peer: number
  readonly peerName: PeerName
  readonly unit: 'ms'
  readonly ratio: number
  readonly adapter: string
}

export interface BenchResult {
  readonly rows: readonly Row[]
  /** What the rows do not say, a line each. */
  readonly notes: readonly string[]
  /** Pictures by file name, as SVG text. */
  readonly plots?: Readonly<Record<string, string>>
}

export interface BenchOptions {
  /** Timings of each side; the benchmark's own number if not given. */
  readonly rounds?: number
  /** Cases to run; the benchmark's own list if empty. */
  readonly cases: readonly string[]
  readonly peers: readonly PeerName[]
}

/** @throws when a side's result is not that of the others: a comparison of different work does not count. */
export type Bench = (context: GpuContext, options: BenchOptions) => Promise<BenchResult>

/** Says on the console what is going on; the command shows it on standard error. */
export const say = (message: string): void => console.info(message)
