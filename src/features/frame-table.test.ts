import { expect, it } from 'vitest'
import type { PixelFrame } from '../media/types'
import { frameRow } from './frame-table'

const view = { shortSide: 4, size: 4, cropX: 0, cropY: 0, mirror: false }
const frame = (parts: Partial<PixelFrame> = {}): PixelFrame => ({
  index: 0,
  timeS: 1.5,
  width: 8,
  height: 4,
  rotation: 0,
  format: 'I420',
  data: new Uint8Array(48),
  layout: [
    { offset: 0, stride: 8 },
    { offset: 32, stride: 4 },
    { offset: 40, stride: 4 },
  ],
  colour: { matrix: 'bt601', fullRange: false },
  ...parts,
})
/** 8-bit RGB of one triple of sample codes. */
function colourOf(codes: readonly number[], parts: Partial<PixelFrame>): number[] {
  const row = new Int32Array(frameRow(frame(parts), 0, view).buffer)
  return [0, 1, 2].map((channel) => {
    const sum = codes.reduce(
      (total, code, i) => total + code * (row[18 + 3 * channel + i] ?? 0),
      row[27 + channel] ?? 0,
    )
    return Math.min(255, Math.max(0, sum >> 16))
  })
}

it('limited-range BT.601 has the integer coefficients of swscale', () => {
  const row = new Int32Array(frameRow(frame(), 0, view).buffer)
  expect([...row.slice(18, 27)]).toEqual([76309, 0, 104597, 76309, -25675, -53279, 76309, 132201, 0])
})

it('black, white and grey come out exactly in every range and depth', () => {
  const limited = { colour: { matrix: 'bt709', fullRange: false } } as const
  const full = { colour: { matrix: 'bt2020', fullRange: true } } as const
  expect(colourOf([16, 128, 128], limited)).toEqual([0, 0, 0])
  expect(colourOf([235, 128, 128], limited)).toEqual([255, 255, 255])
  expect(colourOf([0, 128, 128], full)).toEqual([0, 0, 0])
  expect(colourOf([77, 128, 128], full)).toEqual([77, 77, 77])
  const ten = { ...limited, format: 'I420P10' as VideoPixelFormat }
  expect(colourOf([64, 512, 512], ten)).toEqual([0, 0, 0])
  expect(colourOf([940, 512, 512], ten)).toEqual([255, 255, 255])
})

it('BT.709 red is red', () => {
  expect(colourOf([63, 102, 240], { colour: { matrix: 'bt709', fullRange: false } })).toEqual([255, 1, 0])
})

it('the picture is resized as shown: a quarter turn swaps its sides', () => {
  const resized = (rotation: 0 | 90 | 180) => [...frameRow(frame({ rotation }), 0, view).slice(12, 15)]
  expect(resized(0)).toEqual([0, 8, 4])
  expect(resized(90)).toEqual([1, 4, 8])
  expect(resized(180)).toEqual([2, 8, 4])
})

it('names the format it cannot read and the plane it misses', () => {
  // A format of some later browser.
  expect(() => frameRow(frame({ format: 'Y8' as VideoPixelFormat }), 0, view)).toThrow(
    'at 1.50 s has the pixel format Y8',
  )
  expect(() => frameRow(frame({ layout: [{ offset: 0, stride: 8 }] }), 0, view)).toThrow('has no plane 1')
})

it('finds every channel of every format', () => {
  const one = [{ offset: 4, stride: 32 }]
  const two = [
    { offset: 0, stride: 8 },
    { offset: 32, stride: 8 },
  ]
  const places = (format: string, layout?: PixelFrame['layout']) => {
    // The DOM typings lack the formats of more than 8 bits.
    const row = frameRow(frame({ format: format as VideoPixelFormat, ...(layout && { layout }) }), 100, view)
    const [red, green, blue, , , ...rest] = row.slice(0, 10)
    return [red, green, blue, ...rest]
  }
  // Offsets of the three channels, steps, chroma shifts, bytes per sample.
  expect(places('I420')).toEqual([100, 132, 140, 1, 1, 1, 1, 1])
  expect(places('I420A')).toEqual([100, 132, 140, 1, 1, 1, 1, 1])
  expect(places('I422')).toEqual([100, 132, 140, 1, 1, 1, 0, 1])
  expect(places('I444')).toEqual([100, 132, 140, 1, 1, 0, 0, 1])
  expect(places('I422P10')).toEqual([100, 132, 140, 2, 2, 1, 0, 2])
  expect(places('I444AP12')).toEqual([100, 132, 140, 2, 2, 0, 0, 2])
  expect(places('NV12', two)).toEqual([100, 132, 133, 1, 2, 1, 1, 1])
  expect(places('RGBX', one)).toEqual([104, 105, 106, 4, 4, 0, 0, 1])
  expect(places('BGRA', one)).toEqual([106, 105, 104, 4, 4, 0, 0, 1])
})
