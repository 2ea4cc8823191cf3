/** NumPy's `.npy`, version 1.0 (numpy.org/doc, "numpy.lib.format"): how embeddings leave the notebook. */

/**
 * A float32 array in C order as parts of a file; the data are not copied.
 * @throws when the shape does not hold the data.
 */
export function writeNpy(data: Float32Array<ArrayBuffer>, shape: readonly number[]): Uint8Array<ArrayBuffer>[] {
  if (shape.reduce((a, b) => a * b, 1) !== data.length)
    throw new Error(`An array of shape [${shape.join(', ')}] does not hold ${data.length} values.`)
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`
  const dictionary = `{'descr': '<f4', 'fortran_order': False, 'shape': ${tuple}, }`
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]
  const prefix = magic.length + 2
  // Data start at a multiple of 64 bytes; the header ends in a newline.
  const total = Math.ceil((prefix + dictionary.length + 1) / 64) * 64
  const header = new Uint8Array(total).fill(0x20)
  header.set(magic)
  new DataView(header.buffer).setUint16(magic.length, total - prefix, true)
  header.set(new TextEncoder().encode(dictionary), prefix)
  header[total - 1] = 0x0a
  return [header, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]
}

/**
 * Reads what {@link writeNpy} wrote.
 * @throws when the bytes are no two-dimensional float32 array in C order.
 */
export function readNpyMatrix(bytes: ArrayBuffer): { readonly rows: number; readonly data: Float32Array<ArrayBuffer> } {
  const head = new DataView(bytes)
  const start = bytes.byteLength < 10 ? 0 : 10 + head.getUint16(8, true)
  const header = new TextDecoder('latin1').decode(bytes.slice(0, start))
  const [, rows = '', columns = ''] = /'fortran_order': False, 'shape': \((\d+), (\d+)\)/.exec(header) ?? []
  const length = Number(rows) * Number(columns)
  if (!header.includes("'descr': '<f4'") || rows === '' || bytes.byteLength !== start + 4 * length)
    throw new Error('This is no two-dimensional float32 array in NumPy’s format.')
  return { rows: Number(rows), data: new Float32Array(bytes.slice(start)) }
}
