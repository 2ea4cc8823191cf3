/**
 * Counter-based random numbers: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
 * A number depends on (seed, step, stream, index) alone, so a run that goes on after a crash draws the same ones.
 */

type Words4 = readonly [number, number, number, number]
type Words2 = readonly [number, number]

/** Upper 32 bits of the product of two 32-bit words, by halves that stay exact in a double. */
const multiplyHigh = (a: number, b: number): number =>
  Math.floor(((a >>> 16) * b + Math.floor(((a & 0xffff) * b) / 0x10000)) / 0x10000)

/** Ten rounds over a counter of four 32-bit words under a key of two; the result goes into `out`. */
export function philox4x32(counter: Words4, key: Words2, out: Uint32Array): void {
  let [c0, c1, c2, c3] = counter
  let [k0, k1] = key
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(0xd2511f53, c0)
    const high1 = multiplyHigh(0xcd9e8d57, c2)
    const low0 = Math.imul(0xd2511f53, c0) >>> 0
    const low1 = Math.imul(0xcd9e8d57, c2) >>> 0
    c0 = (high1 ^ c1 ^ k0) >>> 0
    c1 = low1
    c2 = (high0 ^ c3 ^ k1) >>> 0
    c3 = low0
    k0 = (k0 + 0x9e3779b9) >>> 0
    k1 = (k1 + 0xbb67ae85) >>> 0
  }
  out[0] = c0
  out[1] = c1
  out[2] = c2
  out[3] = c3
}

/** Who draws: two users of one step must never share a stream. */
export const randomStreams = {
  batch: 0,
  augmentation: 1,
  dropPath: 2,
  probe: 3,
  plane: 4,
  umap: 5,
  bootstrap: 6,
} as const

export interface RandomStream {
  /** Uniform in [0, 1), a multiple of 2^-32. */
  uniform(): number
  /** Uniform whole number in [0, count); its bias is below count / 2^32. */
  integer(count: number): number
  /** A new array in random order (Fisher-Yates). */
  shuffled<T>(values: readonly T[]): T[]
}

/** The numbers of (seed, step, stream) from index 0 on. Seed and step count modulo 2^32. */
export function randomStream(seed: number, step: number, stream: number): RandomStream {
  let index = 0
  const words = new Uint32Array(4)
  const uniform = (): number => {
    if (index % 4 === 0) philox4x32([index / 4, step >>> 0, stream, 0], [seed >>> 0, 0], words)
    const word = words[index % 4] as number
    index++
    return word / 2 ** 32
  }
  const integer = (count: number) => Math.floor(uniform() * count)
  const shuffled = <T>(values: readonly T[]): T[] => {
    const order = [...values]
    for (let i = order.length - 1; i > 0; i--) {
      const j = integer(i + 1)
      ;[order[i], order[j]] = [order[j] as T, order[i] as T]
    }
    return order
  }
  return { uniform, integer, shuffled }
}
