/** Float64 truth of `mask-spectrogram.ts`. */
import { dimension, typeAt } from '../gpu/operator'
import type { Reference } from './testing'

export const maskSpectrogramReference: Reference<null> = ([mel = new Float64Array(), table], types) => {
  const type = typeAt(types, 0, 'maskSpectrogram')
  const [batch, bands, frames] = [dimension(type, 0), dimension(type, -2), dimension(type, -1)]
  const output = Float64Array.from(mel)
  for (let clip = 0; clip < batch; clip++) {
    const start = clip * bands * frames
    const mean = mel.subarray(start, start + bands * frames).reduce((a, b) => a + b, 0) / (bands * frames)
    const [firstFrame = 0, endFrame = 0, firstBand = 0, endBand = 0] = table?.subarray(4 * clip) ?? []
    for (let band = 0; band < bands; band++)
      for (let frame = 0; frame < frames; frame++)
        if ((frame >= firstFrame && frame < endFrame) || (band >= firstBand && band < endBand))
          output[start + band * frames + frame] = mean
  }
  return [output]
}
