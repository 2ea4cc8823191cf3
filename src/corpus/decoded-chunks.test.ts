import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Answer, Ask } from './decoded-chunks.test-worker'

const worker = new Worker(new URL('./decoded-chunks.test-worker.ts', import.meta.url), { type: 'module' })
let files: Ask['files'] = []
beforeAll(async () => {
  files = await Promise.all(
    ['title00.mp4', 'title01.mp4'].map(async (path) => ({
      path,
      file: new File([await (await fetch(`/samples/${path}`)).blob()], path),
    })),
  )
})
afterAll(() => worker.terminate())

async function read(ask: Omit<Ask, 'files' | 'scope'> & { readonly scope?: string }): Promise<Answer> {
  const answer = new Promise<MessageEvent>((resolve) => {
    worker.onmessage = resolve
  })
  worker.postMessage({ scope: 'test', ...ask, files })
  const { data } = await answer
  if (data.error) throw new Error(data.error)
  return data.result
}
const folder = () => `test-${crypto.randomUUID()}`
/** Two windows inside a chunk of 10 s, one over the border of two. */
const windows: Ask['windows'] = [
  [0, 1.25],
  [0, 4],
  [1, 8.5],
]

test('windows from disk have the bits of decoded ones, at the first reading and at the next', async () => {
  const place = { folder: folder(), limitBytes: 2 ** 30, windows }
  const first = await read(place)
  expect(first.same).toEqual([true, true, true])
  expect(first.bytes).toBeGreaterThan(0)
  const next = await read(place)
  expect(next.same).toEqual([true, true, true])
  // Pictures and sound of four chunks' worth of windows.
  expect([next.hits, next.misses]).toEqual([8, 0])
  expect(next.bytes).toBe(first.bytes)
})

test('without room nothing is kept, and windows are the same', async () => {
  const none = await read({ folder: folder(), limitBytes: 0, windows })
  expect(none).toMatchObject({ same: [true, true, true], bytes: 0 })
})

test('a smaller limit drops what was used longest ago', async () => {
  const place = folder()
  const { bytes } = await read({ folder: place, limitBytes: 2 ** 30, windows })
  const small = await read({ folder: place, limitBytes: bytes / 2, windows: [] })
  expect(small.bytes).toBeLessThanOrEqual(bytes / 2)
  expect(small.bytes).toBeGreaterThan(0)
})

test('a smaller limit drops another corpus before the one that is about to be read, though that was kept earlier', async () => {
  const place = folder()
  const { bytes } = await read({ folder: place, scope: 'mine', limitBytes: 2 ** 30, windows })
  await read({ folder: place, scope: 'other', limitBytes: 2 ** 30, windows })
  await read({ folder: place, scope: 'mine', limitBytes: bytes, windows: [] })
  const mine = await read({ folder: place, scope: 'mine', limitBytes: 2 ** 30, windows })
  expect([mine.hits, mine.misses]).toEqual([8, 0])
})
