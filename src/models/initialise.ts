/** First values of all tensors, a function of the seed alone (`spec/pretraining.md` section 5, item 5). */
import { randomStream } from '../schema/random'
import type { Initial, TensorSpec } from './parameters'

/** Streams of tensors start here, away from those of training. */
const firstStream = 0x10000

/** One array per tensor, by name. Every tensor has random numbers of its own. */
export const initialValues = (tensors: readonly TensorSpec[], seed: number): Map<string, Float32Array> =>
  new Map(
    tensors.map(({ name, shape, initial }, index) => {
      const count = shape.reduce((a, b) => a * b, 1)
      return [name, draw(initial, count, seed, firstStream + index)]
    }),
  )

function draw(initial: Initial, count: number, seed: number, stream: number): Float32Array {
  if (initial.kind === 'constant') return new Float32Array(count).fill(initial.value)
  const random = randomStream(seed, 0, stream)
  if (initial.kind === 'uniform')
    return Float32Array.from({ length: count }, () => (2 * random.uniform() - 1) * initial.bound)
  // torch's trunc_normal_ cuts at -2 and 2, which is 100 deviations away: only the normal part matters.
  return Float32Array.from({ length: count }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - random.uniform()))
    return initial.deviation * radius * Math.cos(2 * Math.PI * random.uniform())
  })
}
