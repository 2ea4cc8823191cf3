import { expect, it } from 'vitest'
import { downmix } from './downmix'

const unit = (count: number, hot: number) => Array.from({ length: count }, (_, i) => Float32Array.of(i === hot ? 1 : 0))

it('stereo is averaged, mono passes through', () => {
  expect([...downmix([Float32Array.of(1, 0.5), Float32Array.of(0, -0.5)])]).toEqual([0.5, 0])
  const mono = Float32Array.of(1, 2)
  expect(downmix([mono])).toBe(mono)
})

it('5.1 becomes the mean of its ITU stereo down-mix, without the low-frequency channel', () => {
  const response = Array.from({ length: 6 }, (_, hot) => downmix(unit(6, hot))[0])
  const expected = [0.5, 0.5, Math.SQRT1_2, 0, Math.SQRT1_2 / 2, Math.SQRT1_2 / 2]
  response.forEach((value, index) => {
    expect(value).toBeCloseTo(expected[index] ?? Number.NaN, 6)
  })
})

it('seven channels, which no table names, are averaged', () => {
  expect(downmix(unit(7, 3))[0]).toBeCloseTo(1 / 7, 6)
})

it('refuses a sound without channels', () => {
  expect(() => downmix([])).toThrow('no channel')
})
