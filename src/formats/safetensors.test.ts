import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openSafetensors, readSafetensors, type TensorToWrite, writeSafetensors } from './safetensors'

const joined = (parts: Uint8Array<ArrayBuffer>[]) => new Blob(parts).arrayBuffer()
/** A file with any header and `size` bytes of data. */
function file(header: unknown, size = 0): ArrayBuffer {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header))
  const bytes = new Uint8Array(8 + json.length + size)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true)
  bytes.set(json, 8)
  return bytes.buffer
}
const tensor = (shape: unknown, begin: number, end: number, dtype = 'F32') => ({
  dtype,
  shape,
  data_offsets: [begin, end],
})

test('a golden file written by Python reads with its names, shapes and metadata', async () => {
  const response = await fetch('/goldens/mel-short.safetensors')
  const { metadata, tensors } = readSafetensors(await response.arrayBuffer())
  expect(metadata.kind).toBe('mel')
  expect(tensors.get('input')?.shape).toEqual([1, 144000])
  const output = tensors.get('output')
  expect(output?.shape).toEqual([1, 96, 288])
  expect(output?.data).toBeInstanceOf(Float32Array)
  expect(output?.data.length).toBe(96 * 288)
})

test('an opened file gives each tensor as a file read whole does, and refuses what it does not hold', async () => {
  const bytes = await (await fetch('/goldens/mel-short.safetensors')).arrayBuffer()
  const opened = await openSafetensors(new Blob([bytes]))
  const { metadata, tensors } = readSafetensors(bytes)
  expect(opened.metadata).toEqual(metadata)
  expect([...opened.shapes]).toEqual([...tensors].map(([name, { shape }]) => [name, shape]))
  expect(await opened.floats('output')).toEqual(tensors.get('output')?.data)
  await expect(opened.floats('nothing')).rejects.toThrow('no F32 tensor "nothing"')
  await expect(openSafetensors(new Blob([bytes.slice(0, 4)]))).rejects.toThrow('it has 4 bytes')
  await expect(openSafetensors(new Blob([bytes.slice(0, 500_000)]))).rejects.toThrow('of 499')
})

const anyTensors = fc
  .uniqueArray(
    fc.tuple(
      fc.string({ minLength: 1, unit: 'grapheme' }).filter((name) => name !== '__metadata__'),
      fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }),
      fc.boolean(),
    ),
    { selector: ([name]) => name, maxLength: 8 },
  )
  .map((specs) =>
    specs.map(([name, shape, whole], index): TensorToWrite => {
      const count = shape.reduce((a, b) => a * b, 1)
      const data = whole
        ? BigInt64Array.from({ length: count }, (_, i) => -(2n ** 60n) + BigInt(i * index))
        : Float32Array.from({ length: count }, (_, i) => (i === 1 ? Number.NaN : Math.sin(i + index) * 1e-30))
      return { name, shape, data }
    }),
  )

test('what is written reads back bit for bit, whatever the order it came in', async () => {
  await fc.assert(
    fc.asyncProperty(anyTensors, fc.dictionary(fc.string(), fc.string()), async (tensors, metadata) => {
      const bytes = await joined(writeSafetensors(tensors, metadata))
      expect(new Uint8Array(await joined(writeSafetensors([...tensors].reverse(), metadata)))).toEqual(
        new Uint8Array(bytes),
      )
      expect(new DataView(bytes).getBigUint64(0, true) % 8n).toBe(0n)
      const read = readSafetensors(bytes)
      expect(Object.entries(read.metadata).sort()).toEqual(Object.entries(metadata).sort())
      expect(read.tensors.size).toBe(tensors.length)
      for (const { name, shape, data } of tensors) {
        const back = read.tensors.get(name)
        expect(back?.shape).toEqual(shape)
        expect(back?.dtype).toBe(data instanceof Float32Array ? 'F32' : 'I64')
        expect(back?.data).toEqual(data)
      }
    }),
    { numRuns: 60 },
  )
})

test('a tensor that does not start at a multiple of its size reads as well', () => {
  const bytes = file('{"odd":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} ', 4)
  const view = new DataView(bytes)
  expect((bytes.byteLength - 4) % 4).not.toBe(0)
  view.setFloat32(bytes.byteLength - 4, 1.5, true)
  expect(readSafetensors(bytes).tensors.get('odd')?.data).toEqual(Float32Array.of(1.5))
})

describe('a damaged file is refused with its cause:', () => {
  const huge = new Uint8Array(16)
  huge.fill(0xff, 0, 7)
  test.each<[string, ArrayBuffer, RegExp]>([
    ['too short', new ArrayBuffer(3), /3 bytes, fewer than the 8/],
    ['header longer than the file', huge.buffer, /header claims \d+ bytes, the file has 16/],
    ['no JSON', file('{"a":'), /header is no JSON/],
    ['a list', file([]), /no JSON object/],
    ['half precision', file({ a: tensor([1], 0, 2, 'F16') }, 2), /"a" has dtype F16.*save it as F32/],
    ['an inherited name as dtype', file({ a: tensor([1], 0, 4, 'toString') }, 4), /"a" has dtype toString/],
    ['negative size', file({ a: tensor([-1, -1], 0, 4) }, 4), /"a" has no valid shape/],
    ['shape against bytes', file({ a: tensor([2], 0, 4) }, 4), /"a" is F32 \[2\], which is not 4 bytes/],
    ['shape beyond counting', file({ a: tensor([2 ** 40, 2 ** 40], 0, 4) }, 4), /which is not 4 bytes/],
    ['outside the file', file({ a: tensor([2], 0, 8) }, 4), /"a" lies at bytes 0 to 8 of 4/],
    ['overlap', file({ a: tensor([1], 0, 4), b: tensor([1], 0, 4) }, 4), /"b" begins at byte 0, not at 4/],
    ['gap', file({ a: tensor([1], 4, 8) }, 8), /"a" begins at byte 4, not at 0/],
    ['bytes left over', file({ a: tensor([1], 0, 4) }, 8), /fill 4 bytes, the file has 8/],
    ['metadata that is no text', file({ __metadata__: { seed: 1 } }), /__metadata__\.seed is no text/],
  ])('%s', (_, bytes, cause) => {
    expect(() => readSafetensors(bytes)).toThrow(cause)
  })

  test('random bytes give an error, never anything else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(() => readSafetensors(new Uint8Array(bytes).buffer)).toThrow(/no readable safetensors/)
      }),
    )
  })
})

test('two tensors of one name, or a shape that does not fit, are not written', () => {
  const one = { name: 'w', shape: [1], data: Float32Array.of(1) }
  expect(() => writeSafetensors([one, one], {})).toThrow(/Two tensors are called "w"/)
  expect(() => writeSafetensors([{ ...one, shape: [2] }], {})).toThrow(/shape \[2\] does not hold 1 values/)
})
