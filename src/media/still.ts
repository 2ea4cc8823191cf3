/** A small JPEG of one moment, for lists and scatter plots. */
import type { MediaSource, PixelFrame } from './types'

/** Converts with the colours the file means, which is not always what Chromium would assume. */
function asVideoFrame(frame: PixelFrame): VideoFrame {
  const matrix = frame.colour.matrix === 'bt709' ? 'bt709' : 'smpte170m'
  return new VideoFrame(frame.data, {
    format: frame.format,
    codedWidth: frame.width,
    codedHeight: frame.height,
    timestamp: 0,
    layout: [...frame.layout],
    colorSpace: { matrix, fullRange: frame.colour.fullRange, primaries: 'bt709', transfer: 'bt709' },
  })
}

/**
 * The picture shown at `timeS` of title time, `widthPx` wide as displayed; null when the file has no decodable video.
 * @throws as `MediaSource.readFrames`.
 */
export async function still(
  source: MediaSource,
  timeS: number,
  widthPx: number,
  signal?: AbortSignal,
): Promise<Blob | null> {
  const track = source.tracks.find(({ kind, decodable }) => kind === 'video' && decodable)
  if (!track?.width || !track.height) return null
  for await (const frame of source.readFrames(track.id, [timeS], signal)) {
    const height = Math.max(1, Math.round((widthPx * track.height) / track.width))
    const canvas = new OffscreenCanvas(widthPx, height)
    const context = canvas.getContext('2d')
    if (!context) throw new Error('The browser gives no 2D canvas, so stills cannot be drawn.')
    const picture = asVideoFrame(frame)
    context.translate(widthPx / 2, height / 2)
    context.rotate((frame.rotation * Math.PI) / 180)
    const [across, down] = frame.rotation % 180 === 0 ? [widthPx, height] : [height, widthPx]
    context.drawImage(picture, -across / 2, -down / 2, across, down)
    picture.close()
    return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.8 })
  }
  return null
}
