/** From sampled items to quadruplets (v_p, v_s, a_p, a_s): decodes each window once and draws the views (section 3). */
import type { OpenCorpus } from '../corpus/open-corpus'
import type { BatchItem } from '../corpus/sampler'
import { windowS } from '../corpus/snippets'
import type { WindowReader } from '../corpus/window-reader'
import type { AudioClip, Sound } from '../features/audio-inputs'
import type { VideoClip } from '../features/video-inputs'
import { pictureSize, randomGain, randomVideoView } from '../features/video-views'
import { randomAreaView, randomColours, randomMask } from '../features/view-draws'
import type { PixelFrame } from '../media/types'
import type { Network } from '../models/network'
import type { Settings } from '../schema/notebook'
import { melShape } from '../schema/presets'
import type { RandomStream } from '../schema/random'

export interface Augmentation {
  readonly scaleMin: number
  readonly scaleMax: number
  /** Probability. */
  readonly flip: number
  /** Gain is uniform between minus and plus this. */
  readonly gainDb: number
  /** `area`: a box of the picture by area and aspect, instead of scale jitter and crop. */
  readonly crop: 'jitter' | 'area'
  readonly colours: boolean
  readonly masks: boolean
}

/** The augmentations that complete settings ask for. @throws when scale jitter ends below its start. */
export function augmentationOf(settings: Settings): Augmentation {
  const [scaleMin, scaleMax] = [Number(settings.scaleMin), Number(settings.scaleMax)]
  if (scaleMin > scaleMax)
    throw new Error(`Scale jitter goes from ${scaleMin} to ${scaleMax} × crop: its end must not be below its start.`)
  return {
    scaleMin,
    scaleMax,
    flip: Number(settings.flip),
    gainDb: Number(settings.gainDb),
    crop: settings.crop === 'area' ? 'area' : 'jitter',
    colours: settings.colours === 'SimCLR-video',
    masks: settings.masks === 'SpecAugment',
  }
}

export interface PreparedBatch {
  readonly items: readonly BatchItem[]
  /** 2B clips each, primary views first. */
  readonly video: readonly VideoClip[]
  readonly audio: readonly AudioClip[]
}

/** Memory that a batch takes until the GPU has it. */
export function batchBytes({ video, audio }: PreparedBatch): number {
  const frames = new Set(video.flatMap((clip) => clip.frames))
  const pictures = [...frames].reduce((sum, { data }) => sum + data.byteLength, 0)
  const sounds = new Set(audio.flatMap(({ sound }) => sound.channels))
  return pictures + [...sounds].reduce((sum, { byteLength }) => sum + byteLength, 0)
}

/** Frames and crop of a network's video clips. */
export function videoInput(network: Network): { frames: number; size: number } {
  const [, frames = 1, size = 1] = network.config.video.input
  return { frames, size }
}

/**
 * Both views of a modality share one window of title time, unless it is jittered, so that with a dub they differ in the
 * spoken language only; crops, flips, colours, gains and masks are drawn for each view.
 * @throws when a window cannot be decoded, naming file and time.
 */
export async function prepareBatch(
  corpus: OpenCorpus,
  reader: WindowReader,
  network: Network,
  items: readonly BatchItem[],
  random: RandomStream,
  augmentation: Augmentation,
): Promise<PreparedBatch> {
  const { frames, size } = videoInput(network)
  const decoded = await Promise.all(
    items.map(async (item) => {
      const title = corpus.titles[item.titleIndex]
      if (!title) throw new Error(`The batch names title ${item.titleIndex}, which the corpus does not have.`)
      const sound = (language: string, startS: number) => {
        const track = title.audio.find((candidate) => candidate.language === language)
        if (!track) throw new Error(`${title.file} has no ${language} soundtrack.`)
        return reader.sound(title, track.trackId, startS, windowS)
      }
      const { windowStartS, secondStartS } = item
      const clip = (startS: number) => reader.clip(title, startS, windowS, frames)
      const first = clip(windowStartS)
      const [picture, secondPicture, primary, secondary] = await Promise.all([
        first,
        // The same frame objects are uploaded once.
        secondStartS === windowStartS ? first : clip(secondStartS),
        sound(item.languagePrimary, windowStartS),
        sound(item.languageSecondary, secondStartS),
      ])
      return { picture, secondPicture, primary, secondary }
    }),
  )
  // Drawn in a fixed order after decoding, which may finish in any.
  const { uniform } = random
  const view = (picture: readonly PixelFrame[]) => ({
    frames: picture,
    view:
      augmentation.crop === 'area'
        ? randomAreaView(uniform, pictureSize(picture), size, augmentation.flip)
        : randomVideoView(uniform, pictureSize(picture), { ...augmentation, size }),
    ...(augmentation.colours ? { colours: randomColours(uniform) } : {}),
  })
  const heard = (sound: Sound) => ({
    sound,
    gain: randomGain(uniform, augmentation.gainDb),
    ...(augmentation.masks ? { mask: randomMask(uniform, melShape.frames, melShape.bands) } : {}),
  })
  const inRows = <T>(clips: readonly T[]) => clips.map((clip, row) => ({ ...clip, row }))
  return {
    items,
    video: inRows([
      ...decoded.map(({ picture }) => view(picture)),
      ...decoded.map(({ secondPicture }) => view(secondPicture)),
    ]),
    audio: inRows([
      ...decoded.map(({ primary }) => heard(primary)),
      ...decoded.map(({ secondary }) => heard(secondary)),
    ]),
  }
}
