/**
 * Which row of a relative-position table belongs to a query place and a key place of one axis
 * (spec/pretraining.md section 5, detail 2), as tables that kernels read.
 */

/** Rows that a table of one axis must have. */
export const relativeRows = (queries: number, keys: number): number => 2 * Math.max(queries, keys) - 1

/**
 * trunc(i max(k/q, 1) - j max(q/k, 1) + (k - 1) max(q/k, 1)), every operation rounded to float32 as PyTorch rounds it:
 * for a few pairs of sizes (such as 39 queries on 10 keys) that lands one row below the exact value, and weights were
 * trained so.
 */
function relativeRow(i: number, j: number, queries: number, keys: number): number {
  const queryRatio = Math.max(keys / queries, 1)
  const keyRatio = Math.max(queries / keys, 1)
  const distance = Math.fround(Math.fround(i * Math.fround(queryRatio)) - Math.fround(j * Math.fround(keyRatio)))
  return Math.trunc(Math.fround(distance + Math.fround((keys - 1) * keyRatio)))
}

/** Keeps what was worked out for a pair of sizes, so that all nodes of a plan share one table. */
function perSizes(make: (queries: number, keys: number) => Uint32Array<ArrayBuffer>) {
  const made = new Map<string, Uint32Array<ArrayBuffer>>()
  return (queries: number, keys: number): Uint32Array<ArrayBuffer> => {
    const key = `${queries} ${keys}`
    const table = made.get(key) ?? make(queries, keys)
    made.set(key, table)
    return table
  }
}

/** [queries, keys]: the row of every pair of places. */
export const rowOfPair = perSizes((queries, keys) =>
  Uint32Array.from({ length: queries * keys }, (_, pair) =>
    relativeRow(Math.floor(pair / keys), pair % keys, queries, keys),
  ),
)

/** [rows + 1]: where each row's pairs start, counted from the end of these; then the pairs i * keys + j, row by row. */
export const pairsOfRow = perSizes((queries, keys) => {
  const rows = relativeRows(queries, keys)
  const pairs: number[][] = Array.from({ length: rows }, () => [])
  rowOfPair(queries, keys).forEach((row, pair) => {
    pairs[row]?.push(pair)
  })
  let start = 0
  const starts = pairs.map((list) => {
    start += list.length
    return start
  })
  return Uint32Array.of(0, ...starts, ...pairs.flat())
})
