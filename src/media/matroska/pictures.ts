/** Picture tracks of Matroska: packets around a time from a key frame on, and H.264 that is packed as in a bare stream. */
import type { InputVideoTrack } from 'mediabunny'
import type { DemuxedVideo, Stretch } from '../demuxed'
import { unit } from '../h264-units'
import { beginsWithIdr } from '../isobmff/video-entry'
import { type DescribedVideo, describeVideo } from '../library/describe-video'
import { frameTable, noFrames } from '../stretch'
import { annexB, withParameterSets } from './annex-b'
import type { Frame } from './blocks'
import { contentOf, readBytes, type TrackContext, tableOf, trackBase } from './packets'

/** Kind of a unit: slice of an instantaneous refresh (ITU-T H.264, table 7-1). */
const refreshSlice = 5
/** How far from the beginning the first key frame may be for its packing to be looked at. */
const firstKeyS = 5

/** @returns null when the coding is unknown. */
export async function videoTrack(track: InputVideoTrack, context: TrackContext): Promise<DemuxedVideo | null> {
  const { packed, edges, clusters, reader, timescale } = context
  const container = await describeVideo(track)
  if (!container) return null
  const delay = packed.codecDelayTicks
  const usual = (packed.defaultDurationNs * timescale) / 1e9
  const firstKeys = await clusters.frames(
    packed.number,
    edges.first.ticks,
    edges.first.ticks + firstKeyS * timescale,
    null,
  )
  const mayBegin = firstKeys.filter(({ isKey }) => isKey)
  const firstKey = mayBegin[0] ?? edges.first
  const bare = annexB(packed, await contentOf([firstKey], packed, reader)(0))
  const described: DescribedVideo = bare ? { ...container, ...bare.description } : container
  const contents = (frames: readonly Frame[]): Stretch['read'] => {
    const read = contentOf(frames, packed, reader.another(readBytes))
    if (!bare) return read
    return async (row) => (frames[row]?.isKey ? withParameterSets(await read(row), bare.parameterSets) : read(row))
  }
  const isRefresh = refreshCheck(described, bare !== null, (frame) => contentOf([frame], packed, reader)(0))
  // What the container calls a key frame may be a point of recovery (open groups of pictures), at which no decoder begins.
  // A recording may have nothing else: then the container is believed.
  let anyRefresh = false
  for (const frame of mayBegin) anyRefresh ||= isRefresh !== null && (await isRefresh(frame))
  const canBeginAt = isRefresh && anyRefresh ? isRefresh : async () => true
  const stretch = async (fromTicks: number, toTicks: number, signal?: AbortSignal): Promise<Stretch> => {
    const found = await clusters.frames(packed.number, fromTicks + delay, toTicks + delay, canBeginAt, signal)
    const frames: Frame[] = []
    for (const frame of found) frames.push({ ...frame, isKey: frame.isKey && (await canBeginAt(frame)) })
    const [first] = frames
    if (first && first.offset > edges.first.offset && !frames.some(({ isKey }) => isKey))
      throw new Error(
        'its pictures can only be decoded from a point long before; encode them again in closed groups ' +
          '(ffmpeg -i FILE -map 0 -c copy -c:v libx264 NEW.mkv)',
      )
    const pts = Float64Array.from(frames, ({ ticks }) => ticks - delay)
    const duration = Float64Array.from(frames, (frame) => frame.duration || usual)
    const packets = tableOf(frames, pts, duration)
    return { packets, frames: frameTable(packets), read: contents(frames) }
  }
  return {
    kind: 'video',
    ...described,
    ...(await trackBase(track, context)),
    timescale,
    frames: noFrames,
    stretch,
    frameRate: usual > 0 ? timescale / usual : 25,
    startTicks: edges.first.ticks - delay,
    endTicks: edges.last.ticks - delay + (edges.last.duration || usual),
  }
}

/** How to tell whether a decoder can begin at a frame of H.264; null for other codecs, where the container is believed. */
function refreshCheck(
  described: DescribedVideo,
  isBare: boolean,
  read: (frame: Frame) => Promise<Uint8Array>,
): ((frame: Frame) => Promise<boolean>) | null {
  if (!described.codec.startsWith('avc')) return null
  // A copy: what is told of the track may be handed to another thread, bytes and all.
  const own = structuredClone(described)
  return async (frame) => {
    const content = await read(frame)
    return isBare ? unit(content, refreshSlice) !== null : beginsWithIdr(own, content)
  }
}
