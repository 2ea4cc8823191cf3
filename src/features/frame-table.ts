/**
 * Describes decoded frames to the kernel `framesToTensor`: where each channel's samples lie, the colour matrix in fixed
 * point, and the crop. One description covers all pixel formats of WebCodecs.
 */
import type { Colour, PixelFrame } from '../media/types'
import { frameTableRow } from '../ops/frames-to-tensor'
import { pictureSize, resizedSize, type VideoView } from './video-views'

interface PixelLayout {
  /** Plane, and byte within a sample group, of each channel. */
  readonly channels: readonly (readonly [plane: number, byte: number])[]
  /** Bytes from one sample to the next: channel 0, channels 1 and 2. */
  readonly steps: readonly [number, number]
  /** log2 of the chroma subsampling in x and y. */
  readonly shift: readonly [number, number]
  readonly bits: number
  readonly rgb: boolean
}

const planar = (shiftX: number, shiftY: number, bits: number): PixelLayout => {
  const bytes = bits > 8 ? 2 : 1
  return {
    channels: [
      [0, 0],
      [1, 0],
      [2, 0],
    ],
    steps: [bytes, bytes],
    shift: [shiftX, shiftY],
    bits,
    rgb: false,
  }
}
const packed = (red: number, blue: number): PixelLayout => ({
  channels: [
    [0, red],
    [0, 1],
    [0, blue],
  ],
  steps: [4, 4],
  shift: [0, 0],
  bits: 8,
  rgb: true,
})
const nv12: PixelLayout = {
  channels: [
    [0, 0],
    [1, 0],
    [1, 1],
  ],
  steps: [1, 2],
  shift: [1, 1],
  bits: 8,
  rgb: false,
}

const subsampling = { I420: [1, 1], I422: [1, 0], I444: [0, 0] } as const
const packedFormats = { RGBA: [0, 2], RGBX: [0, 2], BGRA: [2, 0], BGRX: [2, 0] } as const

/** Alpha, where a format has it, is ignored. */
function pixelLayout(format: string): PixelLayout | null {
  if (format === 'NV12') return nv12
  for (const [name, [red, blue]] of Object.entries(packedFormats)) if (name === format) return packed(red, blue)
  const [, base, depth] = /^(I4\d\d)A?(?:P(10|12))?$/.exec(format) ?? []
  for (const [name, [x, y]] of Object.entries(subsampling)) if (name === base) return planar(x, y, Number(depth ?? 8))
  return null
}

const fixedPointOne = 65536
/** Shares of red and blue in luma: ITU-R BT.601, BT.709, BT.2020 (non-constant luminance). */
const lumaShares = { bt601: [0.299, 0.114], bt709: [0.2126, 0.0722], bt2020: [0.2627, 0.0593] } as const

/** Matrix [3, 3], row by row, then bias [3], from sample codes to 8-bit RGB with 16 fractional bits, rounding included. */
function colourMatrix({ matrix, fullRange }: Colour, { bits, rgb }: PixelLayout): Int32Array {
  const half = fixedPointOne / 2
  const one = fixedPointOne
  if (rgb) return Int32Array.of(one, 0, 0, 0, one, 0, 0, 0, one, half, half, half)
  const [red, blue] = lumaShares[matrix]
  const green = 1 - red - blue
  const code = 2 ** (bits - 8)
  const largest = 2 ** bits - 1
  const luma = Math.round((one * 255) / (fullRange ? largest : 219 * code))
  const chroma = (one * 255) / (fullRange ? largest : 224 * code)
  const rows = [
    [luma, 0, Math.round(2 * (1 - red) * chroma)],
    [
      luma,
      -Math.round(((2 * (1 - blue) * blue) / green) * chroma),
      -Math.round(((2 * (1 - red) * red) / green) * chroma),
    ],
    [luma, Math.round(2 * (1 - blue) * chroma), 0],
  ]
  const black = fullRange ? 0 : 16 * code
  const bias = rows.map(([y = 0, u = 0, v = 0]) => half - y * black - (u + v) * 128 * code)
  return Int32Array.from([...rows.flat(), ...bias])
}

/**
 * One row of the table: `frame`'s bytes start at `byteOffset`, and `view` is cut from it.
 * @throws when the pixel format is unknown or a plane is missing, with the format and the time.
 */
export function frameRow(frame: PixelFrame, byteOffset: number, view: VideoView): Uint32Array<ArrayBuffer> {
  const layout = pixelLayout(frame.format)
  const where = `The frame at ${frame.timeS.toFixed(2)} s`
  if (!layout)
    throw new Error(`${where} has the pixel format ${frame.format}, which is not supported; convert the file to 8 bit.`)
  const plane = (index: number) => {
    const found = frame.layout[index]
    if (!found)
      throw new Error(`${where} (${frame.format}) has no plane ${index}; the decoder gave an incomplete frame.`)
    return found
  }
  const resized = view.resized ?? resizedSize(pictureSize([frame]), view.shortSide)
  const row = new Uint32Array(frameTableRow)
  layout.channels.forEach(([index, byte], channel) => {
    row[channel] = byteOffset + plane(index).offset + byte
  })
  row.set([plane(0).stride, plane(layout.channels[1]?.[0] ?? 0).stride, ...layout.steps, ...layout.shift], 3)
  row.set([layout.bits > 8 ? 2 : 1, frame.width, frame.height, frame.rotation / 90], 9)
  row.set([resized.width, resized.height, view.cropX, view.cropY, view.mirror ? 1 : 0], 13)
  new Int32Array(row.buffer).set(colourMatrix(frame.colour, layout), 18)
  return row
}
