import { expect, it } from 'vitest'
import { contentHash } from './content-hash'

const bytes = (size: number, change?: number) => {
  const data = new Uint8Array(size).map((_, index) => index % 251)
  if (change !== undefined) data[change] = (data[change] ?? 0) ^ 1
  return new Blob([data])
}

it('is the same for the same bytes and another for another size', async () => {
  expect(await contentHash(bytes(1000))).toBe(await contentHash(bytes(1000)))
  expect(await contentHash(bytes(1000))).not.toBe(await contentHash(bytes(1001)))
  expect(await contentHash(new Blob([]))).toMatch(/^[0-9a-f]{64}$/)
})

it('sees a change in the first, the last and an inner block of a large file', async () => {
  const size = 5_000_000
  const whole = await contentHash(bytes(size))
  for (const at of [0, size - 1, Math.floor((size - 65_536) / 17) + 10])
    expect(await contentHash(bytes(size, at))).not.toBe(whole)
})
