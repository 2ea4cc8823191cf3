/**
 * The floor of a kernel's time on an adapter, max(FLOPs / peak, bytes / bandwidth), and how close to it a kernel comes
 * (design: "The GPU engine", section 4).
 */

/** What an adapter was measured to do at most. Measured values vary: they are part of no hash and no fingerprint. */
export interface Floor {
  /** Multiply-add peak in 1e9 operations per second; a multiply-add counts as two. */
  readonly peakGflops: number
  /** Bytes read plus bytes written by a copy, in 1e9 per second. */
  readonly bandwidthGBs: number
}

/** GPU time of all launches of one kernel in one step. */
export interface KernelTime {
  readonly kernel: string
  readonly calls: number
  readonly ms: number
  /** 1e9 floating-point operations per second, by the kernel's own estimate. */
  readonly gigaflops: number
  /** 1e9 bytes per second, each binding counted once: a kernel that reads from caches again and again has more. */
  readonly gigabytesPerS: number
  /** Of the time of all kernels. */
  readonly share: number
}

type Rates = Pick<KernelTime, 'gigaflops' | 'gigabytesPerS'>

/** Whether arithmetic or memory sets the floor. */
export const boundBy = ({ gigaflops, gigabytesPerS }: Rates, { peakGflops, bandwidthGBs }: Floor) =>
  gigaflops / peakGflops >= gigabytesPerS / bandwidthGBs ? 'arithmetic' : 'memory'

/** Floor over time: 1 is as fast as the adapter can. More than 1 means that caches, not memory, gave the bytes. */
export const floorShare = ({ gigaflops, gigabytesPerS }: Rates, { peakGflops, bandwidthGBs }: Floor): number =>
  Math.max(gigaflops / peakGflops, gigabytesPerS / bandwidthGBs)
