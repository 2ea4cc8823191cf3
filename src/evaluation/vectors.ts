/** Rows of embeddings scaled to length 1, in float64: what cosines and distances of embeddings are taken from. */

export interface Vectors {
  readonly n: number
  readonly d: number
  /** Row, of length 1; a row of zeros stays one. */
  unit(row: number): Float64Array
  /** Product of a row of length 1 with any vector. */
  dotUnit(row: number, vector: Float64Array): number
}

/** @param data [n, d] @throws when the data are no rows of d values */
export function vectorsOf(data: Float32Array, d: number): Vectors {
  if (d < 1 || data.length % d !== 0) throw new Error(`${data.length} numbers are no rows of ${d} values.`)
  const n = data.length / d
  const units = new Float64Array(data.length)
  for (let start = 0; start < data.length; start += d) {
    let sum = 0
    // Rows hold d values: the casts spare a branch in the innermost loops.
    for (let i = start; i < start + d; i++) sum += (data[i] as number) ** 2
    const length = Math.sqrt(sum) || 1
    for (let i = start; i < start + d; i++) units[i] = (data[i] as number) / length
  }
  return {
    n,
    d,
    unit: (row) => units.subarray(row * d, (row + 1) * d),
    dotUnit(row, vector) {
      const start = row * d
      let sum = 0
      for (let i = 0; i < d; i++) sum += (units[start + i] as number) * (vector[i] as number)
      return sum
    },
  }
}
