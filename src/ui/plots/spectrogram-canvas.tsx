/** One spectrogram as a picture: low frequencies below, time to the right. */
import { useEffect, useRef } from 'react'
import { type ColourMap, colourMaps } from './colour-maps'

interface SpectrogramCanvasProps {
  /** [bands, frames], dB. */
  readonly values: Float32Array
  readonly bands: number
  readonly frames: number
  /** Values that take the first and the last colour. */
  readonly low: number
  readonly high: number
  readonly map: ColourMap
  readonly label: string
}

export function SpectrogramCanvas({ values, bands, frames, low, high, map, label }: SpectrogramCanvasProps) {
  const reference = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const context = reference.current?.getContext('2d')
    if (!context) return
    const image = context.createImageData(frames, bands)
    const colours = colourMaps[map]
    for (let band = 0; band < bands; band++)
      for (let frame = 0; frame < frames; frame++) {
        const share = ((values[band * frames + frame] ?? low) - low) / (high - low)
        const colour = 3 * Math.min(255, Math.max(0, Math.round(255 * share)))
        const pixel = 4 * ((bands - 1 - band) * frames + frame)
        for (const channel of [0, 1, 2]) image.data[pixel + channel] = colours[colour + channel] ?? 0
        image.data[pixel + 3] = 255
      }
    context.putImageData(image, 0, 0)
  }, [values, bands, frames, low, high, map])
  return <canvas ref={reference} width={frames} height={bands} role="img" aria-label={label} />
}
