import { expect, it } from 'vitest'
import { allocate, readRange } from '../gpu/memory'
import type { PixelFrame } from '../media/types'
import { testContext } from '../ops/testing'
import { type VideoClip, VideoInputs } from './video-inputs'
import { centreView, fiveCropViews, type VideoView } from './video-views'

const size = 8
const times = 2

/** A picture of one RGB colour in its left half and black in its right, 15 x 9: 540 bytes of RGBX. */
function halves(colour: readonly [number, number, number], width = 15, height = 9): PixelFrame {
  const data = new Uint8Array(4 * width * height)
  for (let y = 0; y < height; y++) for (let x = 0; x < width / 2; x++) data.set([...colour, 255], 4 * (y * width + x))
  return {
    index: 0,
    timeS: 0,
    width,
    height,
    rotation: 0,
    format: 'RGBX',
    data,
    layout: [{ offset: 0, stride: 4 * width }],
    colour: { matrix: 'bt601', fullRange: false },
  }
}

/** Grey in I420, whose 3 x 3 luma and chroma planes fill an odd number of bytes. */
function grey(luma: number): PixelFrame {
  const data = new Uint8Array(9 + 4 + 4).fill(128)
  data.fill(luma, 0, 9)
  return {
    ...halves([0, 0, 0]),
    width: 3,
    height: 3,
    format: 'I420',
    data,
    layout: [
      { offset: 0, stride: 3 },
      { offset: 9, stride: 2 },
      { offset: 13, stride: 2 },
    ],
  }
}

const whole: VideoView = { shortSide: size, size, cropX: 0, cropY: 0, mirror: false }

async function tensorsOf(clips: readonly VideoClip[], rows: number, rowsPerRun: number): Promise<Float32Array> {
  const context = await testContext()
  const bytes = 4 * 3 * times * size * size * rows
  const buffer = await allocate(context.device, bytes, 'test clips')
  const inputs = new VideoInputs(context, times, size, rowsPerRun)
  try {
    await inputs.run(clips, { buffer, offset: 0, bytes })
    return new Float32Array(await readRange(context.device, { buffer, offset: 0, bytes }))
  } finally {
    inputs.destroy()
    buffer.destroy()
  }
}

it('puts every frame of every clip into its row, channel and time, over several runs of growing size', async () => {
  const frames = [grey(16), grey(235), halves([255, 0, 51]), halves([0, 102, 255]), grey(126)]
  const [black, white, red, blue, middle] = frames as [PixelFrame, PixelFrame, PixelFrame, PixelFrame, PixelFrame]
  const tensors = await tensorsOf(
    [
      { frames: [black, white], view: whole, row: 2 },
      { frames: [red, blue], view: whole, row: 0 },
      { frames: [middle, middle], view: whole, row: 1 },
    ],
    3,
    1,
  )
  const at = (row: number, channel: number, time: number, y: number, x: number) =>
    tensors[(((row * 3 + channel) * times + time) * size + y) * size + x]
  for (const channel of [0, 1, 2]) {
    expect(at(2, channel, 0, 3, 5)).toBe(0)
    expect(at(2, channel, 1, 7, 7)).toBe(1)
    expect(at(1, channel, 1, 0, 0)).toBeCloseTo(128 / 255, 6)
  }
  // Resized to 13 x 8, the crop ends inside the black half.
  const expectColour = (time: number, x: number, colour: readonly number[]) => {
    colour.forEach((expected, channel) => {
      expect(at(0, channel, time, 4, x)).toBeCloseTo(expected, 6)
    })
  }
  expectColour(0, 1, [1, 0, 0.2])
  expectColour(1, 1, [0, 0.4, 1])
  expectColour(0, 7, [0, 0, 0])
})

it('views of the same frames see their own crops', async () => {
  const frames = [halves([255, 255, 255]), halves([255, 255, 255])]
  const views = fiveCropViews({ width: 15, height: 9 }, size)
  const mirrored = { ...centreView({ width: 15, height: 9 }, size), mirror: true }
  const tensors = await tensorsOf(
    [...views, mirrored].map((view, row) => ({ frames, view, row })),
    6,
    6,
  )
  const means = Array.from({ length: 6 }, (_, row) => {
    const length = 3 * times * size * size
    return tensors.subarray(row * length, (row + 1) * length).reduce((a, b) => a + b, 0) / length
  })
  const [topLeft = 0, topRight = 0, bottomLeft = 0, bottomRight = 0, centre = 0, centreMirrored = 0] = means
  expect(topLeft).toBeGreaterThan(0.9)
  expect(bottomLeft).toBeCloseTo(topLeft, 5)
  expect(topRight).toBeLessThan(0.25)
  expect(bottomRight).toBeCloseTo(topRight, 5)
  expect(centre).toBeGreaterThan(topRight)
  expect(centreMirrored).toBeCloseTo(centre, 5)
  expect(tensors.at(4 * 3 * times * size * size)).toBe(1)
  expect(tensors.at(5 * 3 * times * size * size)).toBe(0)
})

it('says which clip has the wrong number of frames', async () => {
  await expect(tensorsOf([{ frames: [grey(16)], view: whole, row: 4 }], 5, 1)).rejects.toThrow(
    'Clip 4 has 1 frames; the network takes 2.',
  )
  await expect(
    tensorsOf([{ frames: [grey(16), grey(16)], view: { ...whole, size: 9 }, row: 0 }], 1, 1),
  ).rejects.toThrow('Clip 0 has a crop of 9 pixels; the network takes 8.')
})

it('colours change where a clip asks for it, in a plan that can', async () => {
  const context = await testContext()
  const bytes = 2 * 4 * 3 * times * size * size
  const buffer = await allocate(context.device, bytes, 'test clips')
  const inputs = new VideoInputs(context, times, size, 2, true)
  const clip = { frames: [halves([200, 100, 50]), halves([200, 100, 50])], view: whole }
  const grey = { brightness: 0.5, contrast: 1, saturation: 1, hue: 0, grey: true }
  try {
    await inputs.run(
      [
        { ...clip, row: 0 },
        { ...clip, row: 1, colours: grey },
      ],
      { buffer, offset: 0, bytes },
    )
    const tensor = new Float32Array(await readRange(context.device, { buffer, offset: 0, bytes }))
    const corner = (row: number) => [0, 1, 2].map((c) => tensor[(row * 3 + c) * times * size * size] ?? Number.NaN)
    expect(corner(0).map((value) => Math.round(value * 255))).toEqual([200, 100, 50])
    const level = (0.2989 * 100 + 0.587 * 50 + 0.114 * 25) / 255
    for (const value of corner(1)) expect(value).toBeCloseTo(level, 5)
  } finally {
    inputs.destroy()
    buffer.destroy()
  }
})
