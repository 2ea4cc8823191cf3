/** What came out of rebuilding a golden file: tensors by name, read one at a time, for they may be large together. */

export interface Computed {
  /** Numbers of a tensor, or null when this name was not produced. */
  read(name: string): Promise<Float32Array<ArrayBuffer> | null>
  /** Frees what the GPU holds. */
  destroy(): void
}
