/** What the page asks of stored vectors: who is near to whom, and a plane by UMAP, computed once. */
import { nearestRows } from '../evaluation/nearest'
import { umapPlane } from '../evaluation/umap'
import { readNpyMatrix } from '../formats/npy'
import { loadBytes, saveBytes } from '../storage/result-store'
import type { Neighbour, UmapSettings } from './api'

async function vectorsIn(hash: string, file: string) {
  const stored = await loadBytes(hash, file)
  if (!stored) throw new Error(`${file} is no longer stored in this browser. Run the cell again.`)
  return readNpyMatrix(await stored.arrayBuffer())
}

/** {@link Engine.nearest} */
export async function nearest(hash: string, file: string, row: number, count: number): Promise<readonly Neighbour[]> {
  const { rows, data } = await vectorsIn(hash, file)
  if (!(row >= 0 && row < rows)) throw new Error(`${file} has no row ${row}; it has ${rows}.`)
  return nearestRows(data, data.length / rows, row, count)
}

/** {@link Engine.umap} */
export async function umap(
  hash: string,
  file: string,
  settings: UmapSettings,
  onProgress: (fraction: number) => void,
  signal: AbortSignal,
): Promise<Float32Array> {
  const { neighbours, minDistance, seed } = settings
  const name = `${file}.umap-${neighbours}-${minDistance}-${seed}`
  const kept = await loadBytes(hash, name)
  if (kept) return new Float32Array(await kept.arrayBuffer())
  const { rows, data } = await vectorsIn(hash, file)
  const plane = await umapPlane({ vectors: data, n: rows, ...settings }, onProgress, signal)
  await saveBytes(hash, name, [new Uint8Array(plane.buffer)])
  return plane
}
