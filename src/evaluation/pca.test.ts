import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { randomStream } from '../schema/random'
import { principalPlane } from './pca'
import { symmetricEigen } from './symmetric-eigen'

const example = (n: number) =>
  Float32Array.from({ length: n * 5 }, (_, at) => {
    const [i, j] = [Math.floor(at / 5), at % 5]
    return Math.sin(1 + i * i * 3 + j * j) * (j + 1)
  })
const expectClose = (found: Float32Array, expected: ArrayLike<number>, scale = 1) => {
  expect(found.length).toBe(expected.length)
  const error = Math.max(...Array.from(found, (x, i) => Math.abs(x - (expected[i] ?? Number.NaN))))
  expect(error).toBeLessThan(1e-6 * scale)
}
/** Points that spread by `deviations` along random directions, far from the origin. */
function cloud(n: number, d: number, deviations: readonly number[], seed: number): Float32Array {
  const random = randomStream(seed, 0, 99)
  const directions = deviations.map(() => Float64Array.from({ length: d }, () => random.uniform() - 0.5))
  const data = new Float32Array(n * d)
  for (let row = 0; row < n; row++) {
    const weights = deviations.map((deviation) => deviation * (random.uniform() - 0.5))
    for (let k = 0; k < d; k++)
      data[row * d + k] = 3 + weights.reduce((sum, weight, at) => sum + weight * (directions[at]?.[k] ?? 0), 0)
  }
  return data
}
const variance = (plane: Float32Array, component: number) => {
  const values = Array.from({ length: plane.length / 2 }, (_, row) => plane[row * 2 + component] ?? 0)
  return values.reduce((sum, value) => sum + value * value, 0)
}

describe('the principal plane', () => {
  // numpy.linalg.svd of the centred data, signs by the rule
  test('equals NumPy with more points than values', () => {
    expectClose(
      principalPlane(example(7), 7, 5),
      [
        -5.1394171, 0.423379, 7.1952995, -0.6884017, -3.1770588, 2.1988322, 1.2993953, -3.2397454, 6.6331508, 2.5156953,
        -3.9401269, 1.7174847, -2.8712427, -2.9272441,
      ],
    )
  })
  test('equals NumPy with fewer points than values', () => {
    expectClose(
      principalPlane(example(4), 4, 5),
      [-5.2192075, -0.4424149, 7.0472144, 1.2652688, -3.7094142, 1.7309714, 1.8814073, -2.5538252],
    )
  })

  test('is the same from either Gram matrix', () => {
    const [n, d] = [40, 12]
    const data = cloud(n, d, [5, 3, 1, 0.5, 0.2], 1)
    const padded = new Float32Array(n * 60)
    for (let row = 0; row < n; row++) padded.set(data.subarray(row * d, (row + 1) * d), row * 60)
    expectClose(principalPlane(padded, n, 60), principalPlane(data, n, d), 10)
  })

  test('shows the two largest eigenvalues of the covariance, also when the next ones are close', () => {
    for (const deviations of [
      [9, 8, 7.9, 7.8, 7.7],
      [2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2],
    ]) {
      const [n, d] = [60, 16]
      const data = cloud(n, d, deviations, 2)
      const mean = Float64Array.from({ length: d }, (_, k) => {
        let sum = 0
        for (let row = 0; row < n; row++) sum += data[row * d + k] ?? 0
        return sum / n
      })
      const at = (row: number, k: number) => (data[row * d + k] ?? 0) - (mean[k] ?? 0)
      const scatter = Array.from({ length: d }, (_, i) =>
        Float64Array.from({ length: d }, (__, j) => {
          let sum = 0
          for (let row = 0; row < n; row++) sum += at(row, i) * at(row, j)
          return sum
        }),
      )
      const values = symmetricEigen(scatter).map(({ value }) => value)
      const plane = principalPlane(data, n, d)
      for (const component of [0, 1]) expect(variance(plane, component) / (values[component] ?? 0)).toBeCloseTo(1, 6)
    }
  })

  test('without variance is a point, with one direction a line', () => {
    expect(principalPlane(new Float32Array(12).fill(2), 4, 3)).toEqual(new Float32Array(8))
    expect(principalPlane(Float32Array.of(1, 2, 3), 1, 3)).toEqual(new Float32Array(2))
    expect(principalPlane(new Float32Array(0), 0, 3)).toEqual(new Float32Array(0))
    const line = principalPlane(Float32Array.of(0, 0, 3, 4, 6, 8), 3, 2)
    expectClose(line, [-5, 0, 0, 0, 5, 0])
  })

  test('does not exist for values that are not finite', () => {
    expect(() => principalPlane(Float32Array.of(1, Number.NaN), 1, 2)).toThrow(/not finite/)
    expect(() => principalPlane(new Float32Array(5), 2, 3)).toThrow(/6 numbers, not 5/)
  })
})

test('eigenpairs of a symmetric matrix satisfy their equation, in falling order, with orthonormal vectors', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.nat(), (m, seed) => {
      const random = randomStream(seed, 0, 0)
      const matrix = Array.from({ length: m }, () => new Float64Array(m))
      for (let i = 0; i < m; i++)
        for (let j = 0; j <= i; j++) {
          const value = random.uniform() * 2 - 1
          matrix[i]?.fill(value, j, j + 1)
          matrix[j]?.fill(value, i, i + 1)
        }
      const pairs = symmetricEigen(matrix)
      const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0)
      const errors = pairs.flatMap(({ value, vector }, k) => [
        ...matrix.map((row, i) => dot(row, vector) - value * (vector[i] ?? 0)),
        ...pairs.map((other, l) => dot(vector, other.vector) - (k === l ? 1 : 0)),
      ])
      expect(Math.max(...errors.map(Math.abs))).toBeLessThan(1e-12)
      expect(pairs.every(({ value }, k) => value <= (pairs[k - 1]?.value ?? Number.POSITIVE_INFINITY))).toBe(true)
    }),
  )
})
