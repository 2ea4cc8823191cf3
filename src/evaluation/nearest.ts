/** Nearest neighbours of one embedding among the others. */
import { vectorsOf } from './vectors'

/**
 * The `count` rows of highest cosine to a row, nearest first, itself left out; the first of equally near ones first.
 * @param data [n, d]
 */
export function nearestRows(
  data: Float32Array,
  d: number,
  row: number,
  count: number,
): { readonly row: number; readonly cosine: number }[] {
  const vectors = vectorsOf(data, d)
  const query = vectors.unit(row)
  return Array.from({ length: vectors.n }, (_, other) => ({ row: other, cosine: vectors.dotUnit(other, query) }))
    .filter((other) => other.row !== row)
    .sort((a, b) => b.cosine - a.cosine || a.row - b.row)
    .slice(0, count)
}
