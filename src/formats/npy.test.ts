import { expect, test } from 'vitest'
import { writeNpy } from './npy'

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
