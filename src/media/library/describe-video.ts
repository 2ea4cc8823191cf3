/** What mediabunny says about a picture track, in the terms of our readers. */
import type { InputVideoTrack } from 'mediabunny'
import type { DemuxedVideo } from '../demuxed'
import type { Colour } from '../types'

export type DescribedVideo = Pick<
  DemuxedVideo,
  'codec' | 'config' | 'displayWidth' | 'displayHeight' | 'rotation' | 'colour'
>

function colourOf({ matrix, fullRange }: VideoColorSpaceInit): Colour {
  // TypeScript's list of matrices ends before that of BT.2020.
  const name: string = matrix ?? ''
  const known: Colour['matrix'] = name === 'bt709' ? 'bt709' : name === 'bt2020-ncl' ? 'bt2020' : 'bt601'
  return { matrix: known, fullRange: fullRange ?? false }
}

/** Pixels that are not square change the width, as in ffmpeg; mediabunny changes what has to grow. */
async function displaySize(track: InputVideoTrack): Promise<[width: number, height: number]> {
  const [width, height] = [await track.getCodedWidth(), await track.getCodedHeight()]
  const [across, down] = [await track.getSquarePixelWidth(), await track.getSquarePixelHeight()]
  const displayed = down > 0 ? Math.round((across * height) / down) : width
  return (await track.getRotation()) % 180 === 0 ? [displayed, height] : [height, displayed]
}

/** @returns null for a codec without a name. */
export async function describeVideo(track: InputVideoTrack): Promise<DescribedVideo | null> {
  const config = await track.getDecoderConfig()
  if (!config) return null
  const [displayWidth, displayHeight] = await displaySize(track)
  return {
    codec: config.codec,
    config,
    displayWidth,
    displayHeight,
    rotation: await track.getRotation(),
    colour: colourOf(config.colorSpace ?? {}),
  }
}
