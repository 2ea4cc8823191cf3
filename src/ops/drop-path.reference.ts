/** Float64 truth of `drop-path.ts`, with the hash of `shaders/common/random.wgsl` in JavaScript integers. */
import { dimension, type TensorType, typeAt } from '../gpu/operator'
import { type DropPathAttributes, dropThreshold } from './drop-path'

/** First word of pcg4d (Jarzynski and Olano 2020). */
export function randomBits(seed: number, step: number, stream: number, index: number): number {
  let [x, y, z, w] = [seed, step, stream, index].map((v) => (Math.imul(v, 1664525) + 1013904223) | 0) as [
    number,
    number,
    number,
    number,
  ]
  const mix = () => {
    x = (x + Math.imul(y, w)) | 0
    y = (y + Math.imul(z, x)) | 0
    z = (z + Math.imul(x, y)) | 0
    w = (w + Math.imul(y, z)) | 0
  }
  mix()
  x ^= x >>> 16
  y ^= y >>> 16
  z ^= z >>> 16
  w ^= w >>> 16
  mix()
  return x >>> 0
}

export function dropPathReference(
  [x = new Float64Array(), rng = new Float64Array()]: readonly Float64Array[],
  types: readonly TensorType[],
  { rate, stream }: DropPathAttributes,
): Float64Array[] {
  const perSample = x.length / dimension(typeAt(types, 0, 'dropPath'), 0)
  const [seed = 0, step = 0, first = 0] = rng
  return [
    x.map((value, i) => {
      const bits = randomBits(seed, step, stream, first + Math.floor(i / perSample))
      return bits >>> 8 >= dropThreshold(rate) ? value / (1 - rate) : 0
    }),
  ]
}
