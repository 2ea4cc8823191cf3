/** Tracks in codings that nothing here knows (TrueHD, MPEG-2): they are named, and they count for the clock of the title. */
import type { InputAudioTrack, InputVideoTrack } from 'mediabunny'
import type { DemuxedAudio, DemuxedVideo } from '../demuxed'
import { noFrames } from '../stretch'
import { type TrackContext, trackBase } from './packets'

const edgesOf = ({ packed, edges, timescale }: TrackContext) => ({
  timescale,
  startTicks: edges.first.ticks - packed.codecDelayTicks,
  endTicks:
    edges.last.ticks - packed.codecDelayTicks + (edges.last.duration || (packed.defaultDurationNs * timescale) / 1e9),
})

export async function unknownSound(track: InputAudioTrack, context: TrackContext): Promise<DemuxedAudio> {
  const codec = context.packed.codecId
  const [channels, sampleRate] = [await track.getNumberOfChannels(), await track.getSampleRate()]
  return {
    kind: 'audio',
    ...(await trackBase(track, context)),
    ...edgesOf(context),
    codec,
    coding: { kind: 'webcodecs', config: { codec, numberOfChannels: channels, sampleRate }, preRollS: 0 },
    channels,
    sampleRate,
    segments: [],
  }
}

export async function unknownPictures(track: InputVideoTrack, context: TrackContext): Promise<DemuxedVideo> {
  const codec = context.packed.codecId
  return {
    kind: 'video',
    ...(await trackBase(track, context)),
    ...edgesOf(context),
    codec,
    config: { codec },
    frames: noFrames,
    displayWidth: await track.getDisplayWidth(),
    displayHeight: await track.getDisplayHeight(),
    rotation: await track.getRotation(),
    colour: { matrix: 'bt601', fullRange: false },
  }
}
