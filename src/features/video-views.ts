/**
 * Where a video view lies in the picture and how loud an audio view is: the random choices of training and the fixed
 * crops of inference (spec/pretraining.md section 3.2, spec/evaluation.md section 1.2).
 */
import type { PixelFrame } from '../media/types'

/** Size in pixels of the picture as shown, after rotation. */
export interface PictureSize {
  readonly width: number
  readonly height: number
}

/** Size of a clip's picture as shown. @throws when the clip has no frames. */
export function pictureSize(frames: readonly PixelFrame[]): PictureSize {
  const [frame] = frames
  if (!frame) throw new Error('The clip has no frames.')
  const { width, height, rotation } = frame
  return rotation % 180 === 0 ? { width, height } : { width: height, height: width }
}

/** One crop of a resized picture, the same for all frames of a clip. Pixels of the resized picture. */
export interface VideoView {
  readonly shortSide: number
  /** Size of the whole picture after resizing, where its shape is not kept. */
  readonly resized?: PictureSize
  /** Side of the square crop. */
  readonly size: number
  readonly cropX: number
  readonly cropY: number
  readonly mirror: boolean
}

/** Uniform in [0, 1). */
export type Uniform = () => number

/** Short side becomes `shortSide`, the long side floor(ratio * shortSide). */
export function resizedSize({ width, height }: PictureSize, shortSide: number): PictureSize {
  return width < height
    ? { width: shortSide, height: Math.floor((height / width) * shortSide) }
    : { width: Math.floor((width / height) * shortSide), height: shortSide }
}

/** Rounds to the nearest whole number, halves to the even one, as Python does. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value)
  if (value - floor !== 0.5) return Math.round(value)
  return floor % 2 === 0 ? floor : floor + 1
}

export interface VideoAugmentation {
  /** Side of the crop in pixels. */
  readonly size: number
  /** Smallest and largest short side, times `size`. */
  readonly scaleMin: number
  readonly scaleMax: number
  /** Probability of mirroring. */
  readonly flip: number
}

/** Draws four numbers: short side ~ U{scaleMin size ... scaleMax size}, crop offsets uniform, mirrored or not. */
export function randomVideoView(uniform: Uniform, picture: PictureSize, settings: VideoAugmentation): VideoView {
  const { size, scaleMin, scaleMax, flip } = settings
  const smallest = Math.max(size, Math.round(scaleMin * size))
  const largest = Math.max(smallest, Math.round(scaleMax * size))
  const upTo = (last: number) => Math.floor(uniform() * (last + 1))
  const shortSide = smallest + upTo(largest - smallest)
  const resized = resizedSize(picture, shortSide)
  const cropX = upTo(resized.width - size)
  const cropY = upTo(resized.height - size)
  return { shortSide, size, cropX, cropY, mirror: uniform() < flip }
}

/** Draws one number: a linear factor for a gain ~ U(-gainDb, gainDb) in dB. */
export const randomGain = (uniform: Uniform, gainDb: number): number => 10 ** (((2 * uniform() - 1) * gainDb) / 20)

/** Short side of inference for a crop: 256 for 224, in proportion for others. */
const testShortSide = (size: number): number => Math.round((size * 256) / 224)

/** The centre crop of inference; offsets round((H - size) / 2), halves to even. */
export function centreView(picture: PictureSize, size: number): VideoView {
  const shortSide = testShortSide(size)
  const resized = resizedSize(picture, shortSide)
  const cropX = roundHalfEven((resized.width - size) / 2)
  const cropY = roundHalfEven((resized.height - size) / 2)
  return { shortSide, size, cropX, cropY, mirror: false }
}

/** The five crops of inference: top left, top right, bottom left, bottom right, centre. */
export function fiveCropViews(picture: PictureSize, size: number): readonly VideoView[] {
  const centre = centreView(picture, size)
  const resized = resizedSize(picture, centre.shortSide)
  const right = resized.width - size
  const bottom = resized.height - size
  const at = (cropX: number, cropY: number): VideoView => ({ ...centre, cropX, cropY })
  return [at(0, 0), at(right, 0), at(0, bottom), at(right, bottom), centre]
}
