/**
 * Random choices of training beyond scale and crop: a crop by area, colours, masks on spectrograms
 * (`spec/pretraining.md` section 3.2; all off unless a preset is chosen).
 */
import type { PictureSize, Uniform, VideoView } from './video-views'

/** One set of changes for all frames of a clip; factors of 1 and a hue of 0 change nothing. */
export interface ColourChange {
  readonly brightness: number
  readonly contrast: number
  readonly saturation: number
  /** In turns. */
  readonly hue: number
  readonly grey: boolean
}

/** Frames and bands [from, to) that are masked. */
export interface SpectrogramMask {
  readonly frames: readonly [from: number, to: number]
  readonly bands: readonly [from: number, to: number]
}

/** SlowFast's `SimCLR_SlowR50_8x8.yaml`: factors in 1 ± 0.6, hue ± 0.15 turns, grey in a fifth of the clips. */
const simclrVideo = { factor: 0.6, hue: 0.15, grey: 0.2 }
/** SlowFast's MaskFeat: share of the picture's area, and width over height. */
const maskFeat = { area: [0.5, 1], aspect: [3 / 4, 4 / 3] } as const
/** Longest masks, in frames of 10.4 ms and in mel bands. */
const specAugment = { frames: 32, bands: 12 }

/** Draws five numbers. */
export function randomColours(uniform: Uniform): ColourChange {
  const factor = () => 1 + (2 * uniform() - 1) * simclrVideo.factor
  const [brightness, contrast, saturation] = [factor(), factor(), factor()]
  return {
    brightness,
    contrast,
    saturation,
    hue: (2 * uniform() - 1) * simclrVideo.hue,
    grey: uniform() < simclrVideo.grey,
  }
}

/**
 * Draws five numbers: area uniform, aspect log-uniform, place, mirrored or not. A box that is wider or higher than the
 * picture is made smaller until it fits.
 * @param size Side of the crop in pixels: the box is resized to it in both directions.
 */
export function randomAreaView(uniform: Uniform, picture: PictureSize, size: number, flip: number): VideoView {
  const [least, most] = maskFeat.area
  const area = (least + uniform() * (most - least)) * picture.width * picture.height
  const [narrow, wide] = maskFeat.aspect
  const aspect = narrow * (wide / narrow) ** uniform()
  const box = { width: Math.sqrt(area * aspect), height: Math.sqrt(area / aspect) }
  const fit = Math.min(1, picture.width / box.width, picture.height / box.height)
  const stretched = (whole: number, part: number) => Math.max(size, Math.round((whole * size) / (part * fit)))
  const resized = {
    width: stretched(picture.width, box.width),
    height: stretched(picture.height, box.height),
  }
  const upTo = (last: number) => Math.floor(uniform() * (last + 1))
  const cropX = upTo(resized.width - size)
  const cropY = upTo(resized.height - size)
  return { shortSide: Math.min(resized.width, resized.height), resized, size, cropX, cropY, mirror: uniform() < flip }
}

/** Draws four numbers: one stretch of at most 32 frames, one of at most 12 bands. */
export function randomMask(uniform: Uniform, frames: number, bands: number): SpectrogramMask {
  const stretch = (longest: number, count: number): readonly [number, number] => {
    const length = Math.floor(uniform() * (longest + 1))
    const from = Math.floor(uniform() * (count - length + 1))
    return [from, from + length]
  }
  return { frames: stretch(specAugment.frames, frames), bands: stretch(specAugment.bands, bands) }
}
