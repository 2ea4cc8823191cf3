import fc from 'fast-check'
import { expect, it } from 'vitest'
import { centreView, fiveCropViews, randomGain, randomVideoView, resizedSize } from './video-views'

const training = { size: 224, scaleMin: 1.142857, scaleMax: 1.428571, flip: 0.5 }
const picture = fc.record({ width: fc.integer({ min: 1, max: 4000 }), height: fc.integer({ min: 1, max: 4000 }) })

it('the short side becomes what was asked for, the long side is cut down to a whole number', () => {
  expect(resizedSize({ width: 1920, height: 1080 }, 256)).toEqual({ width: 455, height: 256 })
  expect(resizedSize({ width: 1080, height: 1920 }, 256)).toEqual({ width: 256, height: 455 })
  expect(resizedSize({ width: 100, height: 100 }, 256)).toEqual({ width: 256, height: 256 })
})

it('the five crops come in the order of the reference, the centre rounded half to even', () => {
  const views = fiveCropViews({ width: 1920, height: 1080 }, 224)
  expect(views.map(({ cropX, cropY }) => [cropX, cropY])).toEqual([
    [0, 0],
    [231, 0],
    [0, 32],
    [231, 32],
    [116, 16],
  ])
  // (449 - 224) / 2 = 112.5
  expect(centreView({ width: 449, height: 256 }, 224).cropX).toBe(112)
})

it('every random crop lies inside the resized picture and uses the range of scales', () => {
  const draw = fc.array(fc.double({ min: 0, max: 1 - 2 ** -32, noNaN: true }), { minLength: 4, maxLength: 4 })
  fc.assert(
    fc.property(picture, draw, (shown, numbers) => {
      let next = 0
      const view = randomVideoView(() => numbers[next++] ?? 0, shown, training)
      const resized = resizedSize(shown, view.shortSide)
      expect(view.shortSide).toBeGreaterThanOrEqual(256)
      expect(view.shortSide).toBeLessThanOrEqual(320)
      expect(view.cropX).toBeGreaterThanOrEqual(0)
      expect(view.cropX + 224).toBeLessThanOrEqual(resized.width)
      expect(view.cropY).toBeGreaterThanOrEqual(0)
      expect(view.cropY + 224).toBeLessThanOrEqual(resized.height)
      expect(next).toBe(4)
    }),
  )
  const extremes = [0, 1 - 2 ** -32].map((u) => randomVideoView(() => u, { width: 640, height: 360 }, training))
  expect(extremes.map(({ shortSide, cropY, mirror }) => [shortSide, cropY, mirror])).toEqual([
    [256, 0, true],
    [320, 96, false],
  ])
})

it('gains are factors between minus and plus the given decibels', () => {
  expect(randomGain(() => 0, 6)).toBeCloseTo(10 ** (-6 / 20), 12)
  expect(randomGain(() => 0.5, 6)).toBe(1)
  expect(randomGain(() => 0.3, 0)).toBe(1)
})
