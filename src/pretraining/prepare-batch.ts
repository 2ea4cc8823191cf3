/** From sampled items to quadruplets (v_p, v_s, a_p, a_s): decodes each window once and draws the views (section 3). */
import type { OpenCorpus } from '../corpus/open-corpus'
import type { BatchItem } from '../corpus/sampler'
import { windowS } from '../corpus/snippets'
import type { WindowReader } from '../corpus/window-reader'
import type { AudioClip, Sound } from '../features/audio-inputs'
import type { VideoClip } from '../features/video-inputs'
import { pictureSize, randomGain, randomVideoView } from '../features/video-views'
import type { Network } from '../models/network'
import type { RandomStream } from '../schema/random'

export interface Augmentation {
  readonly scaleMin: number
  readonly scaleMax: number
  /** Probability. */
  readonly flip: number
  /** Gain is uniform between minus and plus this. */
  readonly gainDb: number
}

export interface PreparedBatch {
  readonly items: readonly BatchItem[]
  /** 2B clips each, primary views first. */
  readonly video: readonly VideoClip[]
  readonly audio: readonly AudioClip[]
}

/** Frames and crop of a network's video clips. */
export function videoInput(network: Network): { frames: number; size: number } {
  const [, frames = 1, size = 1] = network.config.video.input
  return { frames, size }
}

/**
 * Both views of a modality share one window of title time, so that with a dub they differ in the spoken language only;
 * crops, flips and gains are drawn for each view.
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
      const sound = (language: string) => {
        const track = title.audio.find((candidate) => candidate.language === language)
        if (!track) throw new Error(`${title.file} has no ${language} soundtrack.`)
        return reader.sound(title, track.trackId, item.windowStartS, windowS)
      }
      const [picture, primary, secondary] = await Promise.all([
        reader.clip(title, item.windowStartS, windowS, frames),
        sound(item.languagePrimary),
        sound(item.languageSecondary),
      ])
      return { picture, primary, secondary }
    }),
  )
  // Drawn in a fixed order after decoding, which may finish in any.
  const view = ({ picture }: (typeof decoded)[number]) => ({
    frames: picture,
    view: randomVideoView(random.uniform, pictureSize(picture), { ...augmentation, size }),
  })
  const heard = (sound: Sound) => ({ sound, gain: randomGain(random.uniform, augmentation.gainDb) })
  const inRows = <T>(clips: readonly T[]) => clips.map((clip, row) => ({ ...clip, row }))
  return {
    items,
    video: inRows([...decoded.map(view), ...decoded.map(view)]),
    audio: inRows([
      ...decoded.map(({ primary }) => heard(primary)),
      ...decoded.map(({ secondary }) => heard(secondary)),
    ]),
  }
}
