import fc from 'fast-check'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { crc32 } from '../formats/crc32'
import type { Calls } from './storage.test-worker'
import { decodeValue, encodeValue } from './value-codec'

const startWorker = () => new Worker(new URL('./storage.test-worker.ts', import.meta.url), { type: 'module' })
const worker = startWorker()
afterAll(() => worker.terminate())

/** One call at a time. */
async function call<K extends keyof Calls>(
  name: K,
  ...args: Parameters<Calls[K]>
): Promise<Awaited<ReturnType<Calls[K]>>> {
  const answer = new Promise<MessageEvent>((resolve) => {
    worker.onmessage = resolve
  })
  worker.postMessage([name, args])
  const { data } = await answer
  if (data.error) throw new Error(data.error)
  return data.result
}
const bytes = (...values: number[]) => Uint8Array.from(values)
const root = () => navigator.storage.getDirectory()

async function directory(path: string): Promise<FileSystemDirectoryHandle> {
  let handle = await root()
  for (const part of path.split('/')) handle = await handle.getDirectoryHandle(part)
  return handle
}
async function namesIn(path: string): Promise<string[]> {
  const names: string[] = []
  for await (const name of (await directory(path)).keys()) names.push(name)
  return names.sort()
}
/** Changes a stored file behind the store's back. */
async function tamper(
  path: string,
  name: string,
  change: (contents: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>,
) {
  const file = await (await directory(path)).getFileHandle(name)
  const contents = new Uint8Array(await (await file.getFile()).arrayBuffer())
  const writable = await file.createWritable()
  await writable.write(change(contents))
  await writable.close()
}

beforeEach(async () => {
  for (const name of ['series', 'results'])
    await (await root()).removeEntry(name, { recursive: true }).catch(() => undefined)
})

test('CRC-32 gives the published check value, in one piece or in many', () => {
  const check = new TextEncoder().encode('123456789')
  expect(crc32(check)).toBe(0xcbf43926)
  for (let cut = 0; cut <= 9; cut++) expect(crc32(check.subarray(cut), crc32(check.subarray(0, cut)))).toBe(0xcbf43926)
})

describe('a series', () => {
  test('is empty at first, then gives its newest value and keeps one more', async () => {
    expect(await call('readNewest', 'series/a')).toBeNull()
    for (let value = 0; value < 12; value++) {
      await call('write', 'series/a', [bytes(value), bytes(1, 2, 3)])
      expect(await call('readNewest', 'series/a')).toEqual(bytes(value, 1, 2, 3))
    }
    expect(await namesIn('series/a')).toEqual(['10', '11'])
    await call('clear', 'series/a')
    expect(await call('readNewest', 'series/a')).toBeNull()
    expect(await namesIn('series/a')).toEqual([])
  })

  test('stores an empty value as such', async () => {
    await call('write', 'series/empty', [])
    expect(await call('readNewest', 'series/empty')).toEqual(bytes())
  })

  test('falls back to the value before when the newest is cut short at any length', async () => {
    const old = bytes(1, 2, 3, 4)
    await call('write', 'series/cut', [old])
    await call('write', 'series/cut', [bytes(5, 6, 7, 8)])
    for (let length = 64 + 3; length >= 0; length -= 11) {
      await tamper('series/cut', '1', (contents) => contents.slice(0, length))
      expect(await call('readNewest', 'series/cut')).toEqual(old)
    }
  })

  test('falls back to the value before when one bit of the newest is wrong', async () => {
    const old = bytes(1, 2, 3, 4)
    await call('write', 'series/bit', [old])
    await call('write', 'series/bit', [bytes(5, 6, 7, 8)])
    for (const at of [0, 8, 16, 64, 67]) {
      const flip = (contents: Uint8Array<ArrayBuffer>) => contents.map((byte, i) => (i === at ? byte ^ 1 : byte))
      await tamper('series/bit', '1', flip)
      expect(await call('readNewest', 'series/bit')).toEqual(old)
      await tamper('series/bit', '1', flip)
      expect(await call('readNewest', 'series/bit')).toEqual(bytes(5, 6, 7, 8))
    }
  })

  test('keeps the last whole value beside the new one when the one between was cut short', async () => {
    for (const value of [1, 2]) await call('write', 'series/gap', [bytes(value)])
    await tamper('series/gap', '1', () => bytes())
    await call('write', 'series/gap', [bytes(3)])
    expect(await namesIn('series/gap')).toEqual(['0', '2'])
  })

  test('gives the old or the new value, never a mixture, after a worker was killed while writing', async () => {
    const size = 16 << 20
    const old = new Uint8Array(size).fill(1)
    await call('write', 'series/killed', [old])
    for (const delayMs of [5, 15, 30, 60, 120]) {
      const victim = startWorker()
      victim.postMessage(['write', ['series/killed', [new Uint8Array(size).fill(2)]]])
      await new Promise((resolve) => setTimeout(resolve, 40 + delayMs))
      victim.terminate()
      const newest = await call('readNewest', 'series/killed')
      expect(newest?.length).toBe(size)
      const first = newest?.[0] ?? 0
      expect([1, 2]).toContain(first)
      expect(newest?.every((byte) => byte === first)).toBe(true)
    }
  })

  test('refuses a place outside its folder', async () => {
    await expect(call('readNewest', 'series/../a')).rejects.toThrow(/"\.\." is not a name/)
  })
})

describe('a stored value', () => {
  const anyValue = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(null, true, false, '', '\u0000é', Number.NaN, Number.POSITIVE_INFINITY, -0, 1e-320),
      fc.double(),
      fc.string(),
      fc.float32Array({ maxLength: 5 }),
      fc.float64Array({ maxLength: 5 }),
      fc.uint8Array({ maxLength: 5 }),
      fc.bigInt64Array({ maxLength: 3 }),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('$array', '$number', '__proto__')), tie('value'), {
        maxKeys: 4,
        noNullPrototype: true,
      }),
    ),
  })).value

  test('decodes to itself, with arrays in buffers of their own', async () => {
    await fc.assert(
      fc.asyncProperty(anyValue, async (value) => {
        const parts = await encodeValue(value)
        expect(decodeValue(await new Blob(parts).arrayBuffer())).toStrictEqual(value)
      }),
      { numRuns: 200 },
    )
  })

  test('holds only the viewed part of a larger buffer', async () => {
    const parts = await encodeValue({ view: new Float32Array(1_000_000).subarray(10, 12) })
    expect(parts.reduce((sum, part) => sum + part.length, 0)).toBeLessThan(200)
  })

  test('with something that cannot be stored is refused with its place', async () => {
    await expect(encodeValue({ rows: [1, { made: new Date(0) }] })).rejects.toThrow(/rows\[1\]\.made.*Date/)
    await expect(encodeValue([undefined])).rejects.toThrow(/\[0\].*Undefined/)
  })

  test('comes back from disk with its arrays and Blobs', async () => {
    expect(await call('loadResult', 'abc')).toBeNull()
    const still = new Blob([bytes(0xff, 0xd8, 0xff)], { type: 'image/jpeg' })
    await call('saveResult', 'abc', { plane: Float32Array.of(1.5, -0), stills: [still, null], skipped: undefined })
    const value = (await call('loadResult', 'abc')) as { plane: Float32Array; stills: [Blob, null] }
    expect(Object.keys(value)).toEqual(['plane', 'stills'])
    expect(value.plane).toEqual(Float32Array.of(1.5, -0))
    expect(value.stills[1]).toBeNull()
    expect(value.stills[0].type).toBe('image/jpeg')
    expect(await value.stills[0].bytes()).toEqual(bytes(0xff, 0xd8, 0xff))
    expect(await call('loadResult', 'other')).toBeNull()
  })

  test('that was damaged on disk counts as absent, until it is stored again', async () => {
    await call('saveResult', 'abc', { a: 1 })
    await tamper('results/abc', 'value', (contents) => contents.map((byte, i) => (i === 70 ? byte ^ 4 : byte)))
    expect(await call('loadResult', 'abc')).toBeNull()
    await call('saveResult', 'abc', { a: 2 })
    expect(await call('loadResult', 'abc')).toEqual({ a: 2 })
  })
})

describe('a stored file', () => {
  test('comes back as a Blob under its hash and name, a shorter one in place of a longer one too', async () => {
    expect(await call('loadBytes', 'abc', 'weights.safetensors')).toBeNull()
    await call('saveBytes', 'abc', 'weights.safetensors', [bytes(1, 2, 3, 4), bytes(5)])
    expect(await (await call('loadBytes', 'abc', 'weights.safetensors'))?.bytes()).toEqual(bytes(1, 2, 3, 4, 5))
    await call('saveBytes', 'abc', 'weights.safetensors', [bytes(9)])
    expect(await (await call('loadBytes', 'abc', 'weights.safetensors'))?.bytes()).toEqual(bytes(9))
    expect(await call('loadBytes', 'abc', 'losses.csv')).toBeNull()
  })

  test('that was cut short counts as absent', async () => {
    await call('saveBytes', 'abc', 'w', [bytes(1, 2, 3, 4)])
    await tamper('results/abc', 'file-w', (contents) => contents.slice(0, -1))
    expect(await call('loadBytes', 'abc', 'w')).toBeNull()
  })
})
