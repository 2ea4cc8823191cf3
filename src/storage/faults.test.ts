/** A series of values on a disk that goes wrong at every single operation in turn, and in pages that end at every one. */
import { afterEach, expect, it } from 'vitest'
import type { FaultyAnswer, FaultyWrite } from './faults.test-worker'
import type { Calls } from './storage.test-worker'

const started: Worker[] = []
afterEach(() => {
  for (const worker of started.splice(0)) worker.terminate()
})
function launch(url: URL): Worker {
  const worker = new Worker(url, { type: 'module' })
  started.push(worker)
  return worker
}
const startFaulty = () => launch(new URL('./faults.test-worker.ts', import.meta.url))
const startSound = () => launch(new URL('./storage.test-worker.ts', import.meta.url))

const answerOf = <T>(worker: Worker) =>
  new Promise<T>((resolve) => {
    worker.onmessage = ({ data }: MessageEvent<T>) => resolve(data)
  })
async function call<K extends keyof Calls>(worker: Worker, name: K, ...args: Parameters<Calls[K]>) {
  const answer = answerOf<{ result: Awaited<ReturnType<Calls[K]>>; error?: string }>(worker)
  worker.postMessage([name, args])
  const { result, error } = await answer
  if (error !== undefined) throw new Error(error)
  return result
}

const value = (number: number) => Uint8Array.of(number, 1, 2, 3, 4, 5, 6, number)
const parts = (number: number) => [value(number).subarray(0, 3), value(number).subarray(3)]

/** A directory whose newest value is `count`, the number of values written into it; none for 0. */
async function series(sound: Worker, count: number): Promise<string> {
  const directory = `faults/${crypto.randomUUID()}`
  for (let number = 1; number <= count; number++) await call(sound, 'write', directory, parts(number))
  return directory
}
const lastOf = (count: number) => (count === 0 ? null : value(count))

it.each([0, 1, 2, 3])(
  'a full disk at any operation costs nothing of %i values, and the next try stores the new one',
  async (count) => {
    const sound = startSound()
    const faulty = startFaulty()
    let failures = 0
    for (let at = 0; ; at++) {
      const directory = await series(sound, count)
      const answer = answerOf<FaultyAnswer>(faulty)
      faulty.postMessage({ directory, parts: parts(9), at, how: 'fail' } satisfies FaultyWrite)
      const { error, operations } = await answer
      if (operations.length <= at) break
      const newest = await call(sound, 'readNewest', directory)
      if (error === null) expect(newest, operations.join()).toEqual(value(9))
      else {
        failures++
        expect(newest, operations.join()).toEqual(lastOf(count))
        expect(error).toContain('storage')
      }
      await call(sound, 'write', directory, parts(10))
      expect(await call(sound, 'readNewest', directory)).toEqual(value(10))
    }
    expect(failures).toBeGreaterThanOrEqual(6)
  },
)

it.each([0, 1, 2, 3])(
  'a page that ends between any two operations leaves the newest of %i values or the new one, whole',
  async (count) => {
    const sound = startSound()
    const undisturbed = startFaulty()
    const answer = answerOf<FaultyAnswer>(undisturbed)
    const directory = await series(sound, count)
    undisturbed.postMessage({ directory, parts: parts(9), at: -1, how: 'stop' } satisfies FaultyWrite)
    const { operations } = await answer
    const left: (Uint8Array | null)[] = []
    for (const [at, operation] of operations.entries()) {
      const directory = await series(sound, count)
      const ending = startFaulty()
      const end = answerOf<FaultyAnswer>(ending)
      ending.postMessage({ directory, parts: parts(9), at, how: 'stop' } satisfies FaultyWrite)
      expect((await end).operations.at(-1)).toBe(operation)
      ending.terminate()
      const newest = await call(sound, 'readNewest', directory)
      expect([lastOf(count), value(9)], `${operation}, operation ${at}`).toContainEqual(newest)
      left.push(newest)
      await call(sound, 'write', directory, parts(10))
      expect(await call(sound, 'readNewest', directory)).toEqual(value(10))
    }
    // Both sides of the moment that decides have been seen.
    expect(left[0]).toEqual(lastOf(count))
    expect(left.at(-1)).toEqual(value(9))
  },
)
