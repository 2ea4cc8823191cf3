/**
 * The plane that shows most of a cloud of embeddings: its first two principal components, in float64. Subspace iteration
 * with Rayleigh-Ritz steps (Golub and Van Loan, "Matrix Computations", section 8.2) on the smaller Gram matrix.
 */
import { randomStream, randomStreams } from '../schema/random'
import { type Eigenpair, symmetricEigen } from './symmetric-eigen'

/** More vectors than the two wanted: what is left out shrinks with the ratio of the 17th to the 2nd eigenvalue. */
const blockSize = 16
const maxIterations = 300
/** Shares of the largest eigenvalue: a residual below this is convergence, ... */
const residualTolerance = 1e-10
/** ... a variance below this is rounding. */
const varianceTolerance = 1e-12

/** Rows of equal length. */
type Matrix = readonly Float64Array[]

/**
 * Coordinates [n, 2] of n points of d values along their two directions of largest variance. Each direction's loading of
 * largest magnitude is positive, so the plane does not flip between runs; without variance coordinates are 0.
 * @throws when the data are not n x d or a value is not finite.
 */
export function principalPlane(data: Float32Array, n: number, d: number): Float32Array<ArrayBuffer> {
  if (data.length !== n * d) throw new Error(`${n} points of ${d} values are ${n * d} numbers, not ${data.length}.`)
  if (!data.every(Number.isFinite))
    throw new Error('An embedding holds a value that is not finite, so it has no place.')
  const plane = new Float32Array(n * 2)
  if (n === 0 || d === 0) return plane
  const points = centred(data, n, d)
  const byValue = d <= n
  const [first, second] = leadingPairs(gram(byValue ? transposed(points) : points))
  for (const [component, pair] of [first, second].entries()) {
    if (!first || !pair || pair.value <= varianceTolerance * first.value) continue
    // Eigenvectors over values are loadings; those over points lead to them through the data.
    const loadings = byValue ? pair.vector : combine(points, pair.vector)
    const length = Math.sqrt(dot(loadings, loadings))
    const largest = loadings.reduce((best, x) => (Math.abs(x) > Math.abs(best) ? x : best), 0)
    const scale = (largest < 0 ? -1 : 1) / length
    for (const [row, point] of points.entries()) plane[row * 2 + component] = scale * dot(point, loadings)
  }
  return plane
}

function centred(data: Float32Array, n: number, d: number): Matrix {
  const points = Array.from({ length: n }, (_, row) => Float64Array.from(data.subarray(row * d, (row + 1) * d)))
  const mean = combine(points, new Float64Array(n).fill(1 / n))
  return points.map((point) => point.map((x, k) => x - (mean[k] ?? 0)))
}

const transposed = (rows: Matrix): Matrix =>
  Array.from(rows[0] ?? [], (_, column) => Float64Array.from(rows, (row) => row[column] ?? 0))

function gram(vectors: Matrix): Matrix {
  const matrix = vectors.map(() => new Float64Array(vectors.length))
  for (const [i, a] of vectors.entries())
    for (const [j, b] of vectors.slice(0, i + 1).entries()) {
      const value = dot(a, b)
      for (const [row, column] of [
        [i, j],
        [j, i],
      ] as const) {
        const target = matrix[row]
        if (target) target[column] = value
      }
    }
  return matrix
}

/** The pairs of the two largest eigenvalues of a positive semidefinite matrix. */
function leadingPairs(matrix: Matrix): Eigenpair[] {
  const size = matrix.length
  const random = randomStream(0, 0, randomStreams.plane)
  let basis = orthonormal(
    Array.from({ length: Math.min(blockSize, size) }, () => Float64Array.from(matrix, () => random.uniform() - 0.5)),
  )
  for (let iteration = 0; ; iteration++) {
    const images = basis.map((vector) => Float64Array.from(matrix, (row) => dot(row, vector)))
    const small = symmetricEigen(basis.map((vector) => Float64Array.from(images, (image) => dot(vector, image))))
    const pairs = small.map(({ value, vector }) => ({ value, vector: combine(basis, vector) }))
    const rotated = small.map(({ vector }) => combine(images, vector))
    const bound = residualTolerance * (pairs[0]?.value ?? 0)
    const wanted = pairs.slice(0, 2)
    const converged = wanted.every(({ value, vector }, k) => {
      const residual = (rotated[k] ?? vector).map((x, i) => x - value * (vector[i] ?? 0))
      return Math.sqrt(dot(residual, residual)) <= bound
    })
    if (converged || iteration === maxIterations) return wanted
    basis = orthonormal(rotated)
  }
}

/** Gram-Schmidt, twice over for accuracy. What depends on the vectors before it becomes zero. */
function orthonormal(vectors: Matrix): Matrix {
  const basis: Float64Array[] = []
  for (const vector of vectors) {
    const before = Math.sqrt(dot(vector, vector))
    let rest = vector
    for (let pass = 0; pass < 2; pass++)
      for (const other of basis) {
        const share = dot(rest, other)
        rest = rest.map((x, i) => x - share * (other[i] ?? 0))
      }
    const norm = Math.sqrt(dot(rest, rest))
    basis.push(rest.map((x) => (norm > 1e-14 * before ? x / norm : 0)))
  }
  return basis
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  // Of equal length; the casts spare a branch in the innermost loop.
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number)
  return sum
}

/** `sum_k weights[k] * rows[k]` */
function combine(rows: Matrix, weights: Float64Array): Float64Array {
  const out = new Float64Array(rows[0]?.length ?? 0)
  for (const [k, row] of rows.entries()) {
    const weight = weights[k] ?? 0
    for (let i = 0; i < out.length; i++) out[i] = (out[i] as number) + weight * (row[i] as number)
  }
  return out
}
