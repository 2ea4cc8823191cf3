/** What the engine and UMAP's worker tell each other. */

export interface UmapRequest {
  /** [n, d] */
  readonly vectors: Float32Array
  readonly n: number
  readonly neighbours: number
  readonly minDistance: number
  readonly seed: number
}
export type UmapAnswer = { readonly fraction: number } | { readonly plane: Float32Array } | { readonly error: string }
