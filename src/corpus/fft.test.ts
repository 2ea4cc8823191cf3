import { expect, test } from 'vitest'
import { randomStream } from '../schema/random'
import { powerOfTwo, transform } from './fft'

test('the transform is the sum of its definition, and its inverse gives the values back', () => {
  const random = randomStream(1, 0, 99)
  const size = 64
  const values = Array.from({ length: size }, () => [random.uniform() - 0.5, random.uniform() - 0.5] as const)
  const re = Float64Array.from(values, ([real]) => real)
  const im = Float64Array.from(values, ([, imaginary]) => imaginary)
  transform({ re, im })
  for (let k = 0; k < size; k++) {
    let [sumRe, sumIm] = [0, 0]
    for (const [n, [a, b]] of values.entries()) {
      const angle = (-2 * Math.PI * k * n) / size
      sumRe += a * Math.cos(angle) - b * Math.sin(angle)
      sumIm += a * Math.sin(angle) + b * Math.cos(angle)
    }
    expect(re[k]).toBeCloseTo(sumRe, 12)
    expect(im[k]).toBeCloseTo(sumIm, 12)
  }
  transform({ re: im, im: re })
  expect(
    values.every(([a, b], n) => Math.abs((re[n] ?? 0) / size - a) + Math.abs((im[n] ?? 0) / size - b) < 1e-14),
  ).toBe(true)
})

test('lengths are powers of two', () => {
  expect([1, 2, 3, 64, 65].map(powerOfTwo)).toEqual([2, 2, 4, 64, 128])
  expect(() => transform({ re: new Float64Array(6), im: new Float64Array(6) })).toThrow('6 values is no power of two')
})
