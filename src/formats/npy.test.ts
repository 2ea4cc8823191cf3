import { expect, test } from 'vitest'
import { readNpyMatrix, writeNpy } from './npy'

test('the header is the one NumPy writes for a [2, 3] float32 array', async () => {
  const bytes = new Uint8Array(await new Blob(writeNpy(Float32Array.of(1, 2, 3, 4, 5, -0.5), [2, 3])).arrayBuffer())
  // numpy.save(f, numpy.array([[1, 2, 3], [4, 5, -.5]], 'float32')), NumPy 2.4
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }`.padEnd(117)
  expect(String.fromCharCode(...bytes.subarray(0, 128))).toBe(`\x93NUMPY\x01\x00\x76\x00${header}\n`)
  expect(bytes.length).toBe(128 + 24)
  expect(new Float32Array(bytes.buffer, 128)).toEqual(Float32Array.of(1, 2, 3, 4, 5, -0.5))
})

test('one dimension is written as a tuple of one', async () => {
  const text = await new Blob(writeNpy(new Float32Array(5), [5])).text()
  expect(text).toContain(`'shape': (5,), }`)
})

test('a shape that does not hold the data is refused', () => {
  expect(() => writeNpy(new Float32Array(5), [2, 3])).toThrow(/\[2, 3\] does not hold 5/)
})

test('a matrix comes back as it was written, also an empty one; anything else is refused', async () => {
  const data = Float32Array.of(1, 2, 3, 4, 5, -0.5)
  const bytes = await new Blob(writeNpy(data, [2, 3])).arrayBuffer()
  expect(readNpyMatrix(bytes)).toEqual({ rows: 2, data })
  const empty = await new Blob(writeNpy(new Float32Array(0), [0, 384])).arrayBuffer()
  expect(readNpyMatrix(empty)).toEqual({ rows: 0, data: new Float32Array(0) })
  for (const wrong of [bytes.slice(0, -4), new ArrayBuffer(4), await new Blob(writeNpy(data, [6])).arrayBuffer()])
    expect(() => readNpyMatrix(wrong)).toThrow(/no two-dimensional/)
})
