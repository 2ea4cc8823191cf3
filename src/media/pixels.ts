/** The visible rectangle of a decoded VideoFrame as 8-bit planes in ordinary memory. */

export interface Pixels {
  readonly width: number
  readonly height: number
  readonly format: VideoPixelFormat
  readonly data: Uint8Array
  readonly layout: readonly PlaneLayout[]
}

const plain: ReadonlySet<string> = new Set(['I420', 'I420A', 'I422', 'I444', 'NV12', 'RGBA', 'RGBX', 'BGRA', 'BGRX'])
/** 8-bit counterparts of the planar formats with 10 and 12 bits, which TypeScript's list does not name. */
const narrowed: Readonly<Record<string, readonly [format: VideoPixelFormat, surplusBits: number]>> = {
  I420P10: ['I420', 2],
  I422P10: ['I422', 2],
  I444P10: ['I444', 2],
  I420P12: ['I420', 4],
  I422P12: ['I422', 4],
  I444P12: ['I444', 4],
}

/** 16-bit little-endian samples rounded to 8 bits. */
function narrow(
  wide: Uint8Array<ArrayBuffer>,
  layout: readonly PlaneLayout[],
  surplusBits: number,
): Pick<Pixels, 'data' | 'layout'> {
  const samples = new Uint16Array(wide.buffer, wide.byteOffset, wide.length >> 1)
  const half = 1 << (surplusBits - 1)
  const data = Uint8Array.from(samples, (sample) => Math.min(255, (sample + half) >> surplusBits))
  return { data, layout: layout.map(({ offset, stride }) => ({ offset: offset / 2, stride: stride / 2 })) }
}

/** Copies; the caller closes the frame. Frames that only the GPU can read come as RGBA. */
export async function copyPixels(frame: VideoFrame): Promise<Pixels> {
  const rect = frame.visibleRect ?? new DOMRectReadOnly(0, 0, frame.codedWidth, frame.codedHeight)
  const size = { width: rect.width, height: rect.height }
  const format: string | null = frame.format
  const wide = format === null ? undefined : narrowed[format]
  if (frame.format !== null && (plain.has(frame.format) || wide)) {
    const data = new Uint8Array(frame.allocationSize({ rect }))
    const layout = await frame.copyTo(data, { rect })
    if (!wide) return { ...size, format: frame.format, data, layout }
    return { ...size, format: wide[0], ...narrow(data, layout, wide[1]) }
  }
  const options: VideoFrameCopyToOptions = { rect, format: 'RGBA' }
  const data = new Uint8Array(frame.allocationSize(options))
  return { ...size, format: 'RGBA', data, layout: await frame.copyTo(data, options) }
}
