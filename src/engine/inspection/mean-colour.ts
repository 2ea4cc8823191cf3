/** The mean colour of a decoded picture: one number per channel by which the same frame is recognised elsewhere. */
import type { Colour, PixelFrame } from '../../media/types'

type Rgb = readonly [red: number, green: number, blue: number]

/** Shares of red and blue in luma (ITU-T H.273, table 4). */
const shares: Readonly<Record<Colour['matrix'], readonly [red: number, blue: number]>> = {
  bt601: [0.299, 0.114],
  bt709: [0.2126, 0.0722],
  bt2020: [0.2627, 0.0593],
}

/** Samples of colour beside those of luma: how much coarser in x and y, and where a row's `u` and `v` are. */
interface ChromaPlanes {
  readonly across: 0 | 1
  readonly down: 0 | 1
  /** Bytes from one sample to the next. */
  readonly step: 1 | 2
  readonly u: PlaneLayout
  readonly v: PlaneLayout
}

const nothing: PlaneLayout = { offset: 0, stride: 0 }

function chromaPlanes({ format, layout }: PixelFrame): ChromaPlanes | null {
  const [, second = nothing, third = nothing] = layout
  const planar = (across: 0 | 1, down: 0 | 1): ChromaPlanes => ({ across, down, step: 1, u: second, v: third })
  switch (format) {
    case 'I420':
    case 'I420A':
      return planar(1, 1)
    case 'I422':
      return planar(1, 0)
    case 'I444':
      return planar(0, 0)
    case 'NV12':
      return { across: 1, down: 1, step: 2, u: second, v: { ...second, offset: second.offset + 1 } }
    default:
      return null
  }
}

const clip = (value: number): number => (value < 0 ? 0 : value > 255 ? 255 : Math.round(value))

function meanOfPlanes(frame: PixelFrame, chroma: ChromaPlanes): Rgb {
  const { data, width, height, layout, colour } = frame
  const [luma = nothing] = layout
  const { across, down, step, u, v } = chroma
  const [redShare, blueShare] = shares[colour.matrix]
  const greenShare = 1 - redShare - blueShare
  const [lumaScale, chromaScale, black] = colour.fullRange ? [1, 1, 0] : [255 / 219, 255 / 224, 16]
  const redOfV = 2 * (1 - redShare) * chromaScale
  const blueOfU = 2 * (1 - blueShare) * chromaScale
  const greenOfU = -(blueOfU * blueShare) / greenShare
  const greenOfV = -(redOfV * redShare) / greenShare
  let [red, green, blue] = [0, 0, 0]
  for (let y = 0; y < height; y++) {
    const lumaRow = luma.offset + y * luma.stride
    const uRow = u.offset + (y >> down) * u.stride
    const vRow = v.offset + (y >> down) * v.stride
    for (let x = 0; x < width; x++) {
      const at = (x >> across) * step
      const bright = ((data[lumaRow + x] ?? 0) - black) * lumaScale
      const cb = (data[uRow + at] ?? 0) - 128
      const cr = (data[vRow + at] ?? 0) - 128
      red += clip(bright + redOfV * cr)
      green += clip(bright + greenOfU * cb + greenOfV * cr)
      blue += clip(bright + blueOfU * cb)
    }
  }
  const count = width * height
  return [red / count, green / count, blue / count]
}

function meanOfRgb({ data, width, height, layout, format }: PixelFrame): Rgb {
  const [{ offset, stride } = nothing] = layout
  const sums: [number, number, number] = [0, 0, 0]
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (const channel of [0, 1, 2] as const) sums[channel] += data[offset + y * stride + 4 * x + channel] ?? 0
  const [first, green, third] = sums.map((sum) => sum / (width * height)) as [number, number, number]
  return format.startsWith('BGR') ? [third, green, first] : [first, green, third]
}

/** Means over all pixels of red, green and blue, 0 to 255; transparency counts for nothing. */
export function meanColour(frame: PixelFrame): Rgb {
  const chroma = chromaPlanes(frame)
  return chroma ? meanOfPlanes(frame, chroma) : meanOfRgb(frame)
}
