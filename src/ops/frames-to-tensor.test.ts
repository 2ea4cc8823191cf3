import { frameRow } from '../features/frame-table'
import type { VideoView } from '../features/video-views'
import { u32Tensor } from '../gpu/operator'
import type { Colour, PixelFrame, Rotation } from '../media/types'
import { framesToTensor } from './frames-to-tensor'
import { framesToTensorReference } from './frames-to-tensor.reference'
import { type OperatorCase, seededRandom, testOperator } from './testing'

const limited601: Colour = { matrix: 'bt601', fullRange: false }

/** A frame of noise; rows are padded by 3 bytes, as decoders may do. */
function noise(
  format: string,
  width: number,
  height: number,
  rotation: Rotation = 0,
  colour: Colour = limited601,
): PixelFrame {
  const bytes = format.includes('P1') ? 2 : 1
  const halfWidth = Math.ceil(width / 2)
  const halfHeight = Math.ceil(height / 2)
  const planes: Record<string, readonly [rowBytes: number, rows: number][]> = {
    I420: [
      [width, height],
      [halfWidth, halfHeight],
      [halfWidth, halfHeight],
    ],
    I422: [
      [width, height],
      [halfWidth, height],
      [halfWidth, height],
    ],
    I444: [
      [width, height],
      [width, height],
      [width, height],
    ],
    NV12: [
      [width, height],
      [2 * halfWidth, halfHeight],
    ],
    RGBX: [[4 * width, height]],
  }
  const name = format.startsWith('I') ? format.slice(0, 4) : format === 'NV12' ? format : 'RGBX'
  let offset = 0
  const layout = (planes[name] ?? []).map(([rowBytes, rows]) => {
    const plane = { offset, stride: rowBytes * bytes + 3 }
    offset += plane.stride * rows
    return plane
  })
  const random = seededRandom(width * 31 + height)
  const top = format.endsWith('P10') ? 4 : 256
  const data = Uint8Array.from({ length: offset }, () => random() * 256)
  if (bytes === 2)
    for (const { offset: start, stride } of layout)
      for (let i = start; i < data.length; i++) if (((i - start) % stride) % 2 === 1) data[i] = (data[i] ?? 0) % top
  // WebCodecs names more formats than the DOM typings.
  return { index: 0, timeS: 0, width, height, rotation, format: format as VideoPixelFormat, data, layout, colour }
}

interface Shot {
  readonly frame: PixelFrame
  readonly view: VideoView
}
const view = (shortSide: number, size: number, cropX = 0, cropY = 0, mirror = false): VideoView => ({
  shortSide,
  size,
  cropX,
  cropY,
  mirror,
})

function shots(
  name: string,
  attributes: { batch: number; times: number; size: number },
  list: readonly Shot[],
): OperatorCase<typeof attributes> {
  const bytes = list.reduce((sum, { frame }) => sum + frame.data.length, 0)
  const words = new Uint32Array(Math.ceil(bytes / 4))
  const table = new Uint32Array(32 * list.length)
  let offset = 0
  list.forEach(({ frame, view }, index) => {
    new Uint8Array(words.buffer).set(frame.data, offset)
    table.set(frameRow(frame, offset, view), 32 * index)
    offset += frame.data.length
  })
  return {
    name,
    attributes,
    inputs: [u32Tensor(words.length), u32Tensor(list.length, 32)],
    make: (index) => [words, table][index] ?? null,
    tolerance: 1e-6,
  }
}

const one = (size: number) => ({ batch: 1, times: 1, size })

testOperator({
  operator: framesToTensor,
  reference: framesToTensorReference,
  cases: [
    shots('I420, odd size, enlarged', one(20), [{ frame: noise('I420', 17, 13), view: view(22, 20, 5, 2) }]),
    shots('NV12, reduced, mirrored', one(9), [{ frame: noise('NV12', 40, 31), view: view(10, 9, 2, 1, true) }]),
    shots('I444, full range BT.709', one(8), [
      { frame: noise('I444', 15, 16, 0, { matrix: 'bt709', fullRange: true }), view: view(9, 8, 0, 1) },
    ]),
    shots('I422 with alpha', one(8), [{ frame: noise('I422A', 9, 16), view: view(8, 8, 0, 3) }]),
    shots('I420P10, limited BT.2020', one(8), [
      { frame: noise('I420P10', 18, 11, 0, { matrix: 'bt2020', fullRange: false }), view: view(8, 8, 1, 0) },
    ]),
    shots('clips of several frames, each with its own format, size, turn and crop', { batch: 2, times: 2, size: 11 }, [
      { frame: noise('RGBX', 23, 12), view: view(12, 11, 1, 1) },
      { frame: noise('BGRA', 12, 21, 90), view: view(13, 11, 7, 2, true) },
      { frame: noise('I420', 14, 19, 180), view: view(11, 11, 0, 3) },
      { frame: noise('NV12', 19, 15, 270), view: view(15, 11, 4, 0, true) },
    ]),
  ],
})
