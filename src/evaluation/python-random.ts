/**
 * Python's `random.Random(seed).shuffle`, to the same order: the evaluation kit's row order and grid order come from it.
 * The generator is the Mersenne Twister MT19937 (Matsumoto and Nishimura, ACM TOMACS 8, 1998).
 */

const size = 624
const shift = 397

/** A generator seeded by a number below 2^32, as CPython seeds it: by an array of one word. */
function mersenneTwister(seed: number): () => number {
  const state = new Uint32Array(size)
  const at = (index: number) => state[index] ?? 0
  const mix = (index: number) => at(index) ^ (at(index) >>> 30)
  state[0] = 19650218
  for (let i = 1; i < size; i++) state[i] = Math.imul(1812433253, mix(i - 1)) + i
  let i = 1
  const advance = () => {
    if (++i < size) return
    state[0] = at(size - 1)
    i = 1
  }
  for (let round = 0; round < size; round++) {
    state[i] = (at(i) ^ Math.imul(mix(i - 1), 1664525)) + seed
    advance()
  }
  for (let round = 1; round < size; round++) {
    state[i] = (at(i) ^ Math.imul(mix(i - 1), 1566083941)) - i
    advance()
  }
  state[0] = 0x80000000

  let next = size
  const refill = () => {
    for (let k = 0; k < size; k++) {
      const y = (at(k) & 0x80000000) | (at((k + 1) % size) & 0x7fffffff)
      state[k] = at((k + shift) % size) ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0)
    }
    next = 0
  }
  return () => {
    if (next === size) refill()
    let y = at(next++)
    y ^= y >>> 11
    y ^= (y << 7) & 0x9d2c5680
    y ^= (y << 15) & 0xefc60000
    y ^= y >>> 18
    return y >>> 0
  }
}

/** Shuffles one list after another with one generator; each call returns a new array. */
export function pythonShuffler(seed: number): <T>(values: readonly T[]) => T[] {
  const word = mersenneTwister(seed)
  const below = (count: number): number => {
    const unused = Math.clz32(count)
    for (;;) {
      const drawn = word() >>> unused
      if (drawn < count) return drawn
    }
  }
  return <T>(values: readonly T[]): T[] => {
    const order = [...values]
    for (let i = order.length - 1; i > 0; i--) {
      const j = below(i + 1)
      // Both are indices of the array.
      ;[order[i], order[j]] = [order[j] as T, order[i] as T]
    }
    return order
  }
}
