/** Float64 reference of framesToTensor: the whole picture to RGB, turned, resized, then cropped. */
import type { FramesToTensorAttributes } from './frames-to-tensor'
import type { Reference } from './testing'

type Picture = (channel: number, x: number, y: number) => number

const number = (array: ArrayLike<number> | undefined, index: number): number => array?.[index] ?? Number.NaN

/** Where output `position` of `after` lies among `before` samples, as `interpolate(align_corners=False)` has it. */
function source(position: number, before: number, after: number): [number, number, number] {
  const at = Math.max(0, ((position + 0.5) * before) / after - 0.5)
  const first = Math.min(Math.floor(at), before - 1)
  return [first, Math.min(first + 1, before - 1), at - first]
}

function storedPicture(bytes: Uint8Array, row: Uint32Array): Picture {
  const signed = new Int32Array(row.buffer, row.byteOffset, row.length)
  const sample = (index: number): number =>
    number(bytes, index) + (number(row, 9) === 2 ? 256 * number(bytes, index + 1) : 0)
  return (channel, x, y) => {
    const chromaX = Math.floor(x / 2 ** number(row, 7))
    const chromaY = Math.floor(y / 2 ** number(row, 8))
    const chroma = chromaY * number(row, 4) + chromaX * number(row, 6)
    const samples = [
      sample(number(row, 0) + y * number(row, 3) + x * number(row, 5)),
      sample(number(row, 1) + chroma),
      sample(number(row, 2) + chroma),
    ]
    const sum = samples.reduce((total, c, i) => total + c * number(signed, 18 + 3 * channel + i), 0)
    return Math.min(255, Math.max(0, Math.floor((sum + number(signed, 27 + channel)) / 65536)))
  }
}

/** The picture after clockwise quarter turns, one at a time, with its size. */
function turned(picture: Picture, width: number, height: number, turns: number): [Picture, number, number] {
  if (turns === 0) return [picture, width, height]
  return turned((channel, x, y) => picture(channel, y, height - 1 - x), height, width, turns - 1)
}

export const framesToTensorReference: Reference<FramesToTensorAttributes> = (
  [words, tables],
  _types,
  { batch, times, size },
) => {
  const bytes = new Uint8Array(Uint32Array.from(words ?? []).buffer)
  const output = new Float64Array(batch * 3 * times * size * size)
  for (let frame = 0; frame < batch * times; frame++) {
    const row = Uint32Array.from(tables?.subarray(32 * frame, 32 * frame + 32) ?? [])
    const stored = storedPicture(bytes, row)
    const [picture, width, height] = turned(stored, number(row, 10), number(row, 11), number(row, 12))
    const clip = Math.floor(frame / times)
    for (let channel = 0; channel < 3; channel++)
      for (let y = 0; y < size; y++)
        for (let x = 0; x < size; x++) {
          const column = number(row, 17) === 1 ? size - 1 - x : x
          const [x0, x1, fx] = source(number(row, 15) + column, width, number(row, 13))
          const [y0, y1, fy] = source(number(row, 16) + y, height, number(row, 14))
          const upper = (1 - fx) * picture(channel, x0, y0) + fx * picture(channel, x1, y0)
          const lower = (1 - fx) * picture(channel, x0, y1) + fx * picture(channel, x1, y1)
          const plane = (clip * 3 + channel) * times + (frame % times)
          output[(plane * size + y) * size + x] = ((1 - fy) * upper + fy * lower) / 255
        }
  }
  return [output]
}
