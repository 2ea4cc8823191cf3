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
