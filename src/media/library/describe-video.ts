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

/** @returns null for a codec without a name. */
export async function describeVideo(track: InputVideoTrack): Promise<DescribedVideo | null> {
  const config = await track.getDecoderConfig()
  if (!config) return null
  return {
    codec: config.codec,
    config,
    displayWidth: await track.getDisplayWidth(),
    displayHeight: await track.getDisplayHeight(),
    rotation: await track.getRotation(),
    colour: colourOf(config.colorSpace ?? {}),
  }
}
