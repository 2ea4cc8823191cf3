/** The mean colours of pictures whose colours are known. */
import { expect, test } from 'vitest'
import type { PixelFrame } from '../../media/types'
import { meanColour } from './mean-colour'

const frame = (format: VideoPixelFormat, data: readonly number[], layout: readonly PlaneLayout[]): PixelFrame => ({
  index: 0,
  timeS: 0,
  width: 2,
  height: 2,
  rotation: 0,
  format,
  data: Uint8Array.from(data),
  layout,
  colour: { matrix: 'bt709', fullRange: false },
})

test('planes are converted with the matrix and range of the file', () => {
  // Pure red of BT.709: Y 63, Cb 102, Cr 240.
  const planes = [
    { offset: 0, stride: 2 },
    { offset: 4, stride: 1 },
    { offset: 5, stride: 1 },
  ]
  const [red, green, blue] = meanColour(frame('I420', [63, 63, 63, 63, 102, 240], planes))
  expect(red).toBeGreaterThanOrEqual(254)
  expect(green).toBeLessThanOrEqual(1)
  expect(blue).toBeLessThanOrEqual(1)
  const interleaved = meanColour(frame('NV12', [63, 63, 63, 63, 102, 240], planes.slice(0, 2)))
  expect(interleaved).toEqual([red, green, blue])
})

test('packed pictures are averaged by channel, whatever their order', () => {
  const pixels = [10, 20, 30, 0, 30, 20, 10, 0, 10, 20, 30, 0, 30, 20, 10, 0]
  expect(meanColour(frame('RGBX', pixels, [{ offset: 0, stride: 8 }]))).toEqual([20, 20, 20])
  expect(
    meanColour(frame('BGRX', [1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0], [{ offset: 0, stride: 8 }])),
  ).toEqual([3, 2, 1])
})
