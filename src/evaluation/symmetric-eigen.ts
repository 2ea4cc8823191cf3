/** Eigenvalues and eigenvectors of a small symmetric matrix: cyclic Jacobi rotations (Golub and Van Loan, section 8.5). */

export interface Eigenpair {
  readonly value: number
  readonly vector: Float64Array
}

const maxSweeps = 60

/** Eigenpairs of a symmetric [m, m] matrix, largest value first, vectors of length 1. Meant for m up to some dozens. */
export function symmetricEigen(matrix: readonly Float64Array[]): Eigenpair[] {
  const m = matrix.length
  const a = matrix.map((row) => row.slice())
  const vectors = a.map((_, i) => Float64Array.from({ length: m }, (__, j) => (i === j ? 1 : 0)))
  const at = (i: number, j: number) => a[i]?.[j] ?? 0
  const size = Math.hypot(...a.flatMap((row) => [...row]))
  for (let sweep = 0; sweep < maxSweeps; sweep++) {
    let off = 0
    for (let p = 0; p < m; p++) for (let q = p + 1; q < m; q++) off = Math.max(off, Math.abs(at(p, q)))
    if (off <= 1e-17 * size) break
    for (let p = 0; p < m; p++)
      for (let q = p + 1; q < m; q++) {
        if (at(p, q) === 0) continue
        const theta = (at(q, q) - at(p, p)) / (2 * at(p, q))
        const tangent = Math.sign(theta || 1) / (Math.abs(theta) + Math.hypot(theta, 1))
        const cosine = 1 / Math.hypot(tangent, 1)
        const sine = tangent * cosine
        for (const row of a) rotate(row, p, row, q, cosine, sine)
        const [rowP, rowQ] = [a[p], a[q]]
        if (rowP && rowQ) for (let k = 0; k < m; k++) rotate(rowP, k, rowQ, k, cosine, sine)
        for (const row of vectors) rotate(row, p, row, q, cosine, sine)
      }
  }
  return a
    .map((row, k) => ({ value: row[k] ?? 0, vector: Float64Array.from(vectors, (vector) => vector[k] ?? 0) }))
    .sort((x, y) => y.value - x.value)
}

/** Turns the pair (x[i], y[j]) in its plane. */
function rotate(x: Float64Array, i: number, y: Float64Array, j: number, cosine: number, sine: number): void {
  const first = x[i] ?? 0
  const second = y[j] ?? 0
  x[i] = cosine * first - sine * second
  y[j] = sine * first + cosine * second
}
