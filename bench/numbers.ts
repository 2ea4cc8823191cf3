/** Numbers that all sides start from, and how far results lie apart. */
import { randomStream } from '../src/schema/random'

/** Normal with the given standard deviation, by Box and Muller; a stream per tensor. */
export function normals(count: number, stream: number, deviation = 1): Float32Array<ArrayBuffer> {
  const { uniform } = randomStream(1, 0, stream)
  return Float32Array.from(
    { length: count },
    () => deviation * Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  )
}

/** Frobenius norm of the difference over that of `expected`. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY
  let difference = 0
  let norm = 0
  for (let i = 0; i < expected.length; i++) {
    difference += ((actual[i] ?? Number.NaN) - (expected[i] ?? Number.NaN)) ** 2
    norm += (expected[i] ?? Number.NaN) ** 2
  }
  return Math.sqrt(difference / norm)
}

/** @throws unless a peer computed what we did: times of different work do not compare. */
export function requireAgreement(what: string, error: number, tolerance: number): void {
  if (!(error <= tolerance)) throw new Error(`${what} differs from ours by ${error}; at most ${tolerance} is rounding.`)
}
