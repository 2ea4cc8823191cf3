import fc from 'fast-check'
import { expect, it } from 'vitest'
import { randomAreaView, randomColours, randomMask } from './view-draws'

const uniforms = (count: number) =>
  fc.array(fc.double({ min: 0, max: 1 - 2 ** -32, noNaN: true }), { minLength: count, maxLength: count })
const drawing = (numbers: readonly number[]) => {
  let next = 0
  return { uniform: () => numbers[next++] ?? Number.NaN, drawn: () => next }
}

it('a crop by area lies inside the picture, has half of its area or more and about the drawn aspect', () => {
  const picture = fc.record({ width: fc.integer({ min: 200, max: 4000 }), height: fc.integer({ min: 200, max: 4000 }) })
  fc.assert(
    fc.property(picture, uniforms(5), ({ width, height }, numbers) => {
      const { uniform, drawn } = drawing(numbers)
      const { resized = { width: 0, height: 0 }, cropX, cropY } = randomAreaView(uniform, { width, height }, 112, 0.5)
      expect(drawn()).toBe(5)
      expect(cropX).toBeGreaterThanOrEqual(0)
      expect(cropX + 112).toBeLessThanOrEqual(resized.width)
      expect(cropY + 112).toBeLessThanOrEqual(resized.height)
      const box = { width: (112 * width) / resized.width, height: (112 * height) / resized.height }
      // Long pictures hold no box of half their area that is nearly square.
      const ratio = width / height
      if (ratio > 0.7 && ratio < 1.4) expect((box.width * box.height) / (width * height)).toBeGreaterThan(0.45)
      expect(box.width / box.height).toBeGreaterThan(0.74)
      expect(box.width / box.height).toBeLessThan(1.36)
    }),
  )
})

it('masks are at most 32 frames and 12 bands and lie inside the spectrogram', () => {
  fc.assert(
    fc.property(uniforms(4), (numbers) => {
      const { frames, bands } = randomMask(drawing(numbers).uniform, 288, 96)
      for (const [[from, to], longest, count] of [[frames, 32, 288] as const, [bands, 12, 96] as const]) {
        expect(from).toBeGreaterThanOrEqual(0)
        expect(to - from).toBeGreaterThanOrEqual(0)
        expect(to - from).toBeLessThanOrEqual(longest)
        expect(to).toBeLessThanOrEqual(count)
      }
    }),
  )
  expect(randomMask(() => 1 - 2 ** -32, 288, 96)).toEqual({ frames: [256, 288], bands: [84, 96] })
})

it('colours are those of the preset', () => {
  const colours = (number: number) => randomColours(() => number)
  expect(colours(0.5)).toEqual({ brightness: 1, contrast: 1, saturation: 1, hue: 0, grey: false })
  expect(colours(0)).toEqual({ brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: -0.15, grey: true })
})
