/**
 * Sound files (WAV, MP3, FLAC, Ogg, ADTS) and MPEG transport streams through mediabunny, which finds packets by time; where
 * sound begins and ends, to the sample, is decided here as ffmpeg does.
 */
import './quiet'
import {
  ADTS,
  BlobSource,
  type EncodedPacket,
  EncodedPacketSink,
  FLAC,
  Input,
  type InputAudioTrack,
  type InputTrack,
  type InputVideoTrack,
  MP3,
  MPEG_TS,
  OGG,
  WAVE,
} from 'mediabunny'
import { normaliseLanguage } from '../../schema/language'
import type { Demuxed, DemuxedAudio, DemuxedTrack, DemuxedVideo, Stretch } from '../demuxed'
import { framesInOf } from '../frames-in'
import { h264FieldRows } from '../h264-colour'
import { sequenceParameterSet, unit } from '../h264-units'
import { type Mp3Padding, mp3Padding } from '../mp3-padding'
import { gridJitter, placeOnGrid } from '../sound-grid'
import { frameTable, noFrames, noPackets } from '../stretch'
import { describeAudio } from './describe-audio'
import { describeVideo } from './describe-video'
import { transportStreams, unreadTracks } from './transport-streams'

export type LibraryContainer = 'wav' | 'mp3' | 'flac' | 'ogg' | 'adts' | 'mpeg-ts'

const formats = { wav: WAVE, mp3: MP3, flac: FLAC, ogg: OGG, adts: ADTS, 'mpeg-ts': MPEG_TS }
/** Packets decoded before a window, and how far pictures may be from their order of decoding. */
const marginS = 1
const timescale = 90_000

const cachedBytes = 8 * 2 ** 20

/** Packets from one on until one of them begins after `untilS`. */
async function packetsFrom(
  sink: EncodedPacketSink,
  first: EncodedPacket | null,
  untilS: number,
  signal?: AbortSignal,
): Promise<EncodedPacket[]> {
  const packets: EncodedPacket[] = []
  for (let packet = first; packet && packet.timestamp <= untilS; packet = await sink.getNextPacket(packet)) {
    signal?.throwIfAborted()
    packets.push(packet)
  }
  return packets
}

const contentOf = (packets: readonly EncodedPacket[]) => async (row: number) =>
  Uint8Array.from(packets[row]?.data ?? [])

async function audioTrack(
  track: InputAudioTrack,
  id: number,
  container: LibraryContainer,
  padding: Mp3Padding,
): Promise<DemuxedAudio | null> {
  const described = await describeAudio(track)
  const sink = new EncodedPacketSink(track)
  const first = await sink.getFirstPacket()
  const last = await sink.getPacket(Number.POSITIVE_INFINITY, { metadataOnly: true })
  if (!described || !first || !last) return null
  const { coding, sampleRate } = described
  const framesIn = framesInOf(coding)
  const framesOf = (packet: EncodedPacket, previous: EncodedPacket | null): number =>
    framesIn(packet.data, previous?.data ?? null) ?? Math.round(packet.duration * sampleRate)
  const step = coding.kind === 'pcm' || described.codec === 'vorbis' ? 0 : framesOf(first, null)
  // Ogg says when the first packet ends: an encoder's lead-in is what it decodes to beyond that.
  const heardFrom = Math.round(first.timestamp * sampleRate)
  const origin =
    container === 'ogg' && step > 0 ? Math.round((first.timestamp + first.duration) * sampleRate) - step : heardFrom
  const startTicks = heardFrom + padding.start
  const endTicks = Math.round((last.timestamp + last.duration) * sampleRate) - padding.end
  const jitter = gridJitter(sampleRate, container === 'mpeg-ts' ? timescale : sampleRate)

  const stretch = async (fromTicks: number, toTicks: number, signal?: AbortSignal): Promise<Stretch> => {
    const from = (await sink.getPacket(fromTicks / sampleRate - marginS)) ?? first
    const packets = await packetsFrom(sink, from, toTicks / sampleRate, signal)
    const rows = packets.map((packet, i) => ({
      time: packet.sequenceNumber === first.sequenceNumber ? origin : packet.timestamp * sampleRate,
      frames: framesOf(packet, packets[i - 1] ?? null),
    }))
    return {
      packets: {
        count: rows.length,
        offset: new Float64Array(rows.length),
        size: Uint32Array.from(packets, ({ byteLength }) => byteLength),
        pts: placeOnGrid(rows, { origin, step, jitter, phase: 0 }),
        duration: Float64Array.from(rows, ({ frames }) => frames),
        key: new Uint8Array(rows.length).fill(1),
      },
      frames: noFrames,
      read: contentOf(packets),
    }
  }
  return {
    kind: 'audio',
    id,
    ...described,
    ...(await labelsOf(track)),
    timescale: sampleRate,
    packets: noPackets,
    stretch,
    startTicks,
    endTicks,
    segments: [{ mediaStart: startTicks, mediaEnd: endTicks, presentationStart: startTicks }],
  }
}

async function videoTrack(track: InputVideoTrack, id: number): Promise<DemuxedVideo | null> {
  const described = await describeVideo(track)
  const sink = new EncodedPacketSink(track)
  const first = await sink.getFirstPacket()
  const last = await sink.getPacket(Number.POSITIVE_INFINITY, { metadataOnly: true })
  if (!described || !first || !last) return null
  // mediabunny takes the rows of one field for those of the frame.
  const sequence = described.codec.startsWith('avc') ? unit(first.data, sequenceParameterSet) : null
  const missingRows = sequence ? h264FieldRows(sequence) : 0
  const ticks = (seconds: number): number => Math.round(seconds * timescale)
  const stretch = async (fromTicks: number, toTicks: number, signal?: AbortSignal): Promise<Stretch> => {
    const from = (await sink.getKeyPacket(fromTicks / timescale)) ?? first
    const packets = await packetsFrom(sink, from, toTicks / timescale + marginS, signal)
    const pts = Float64Array.from(packets, ({ timestamp }) => ticks(timestamp))
    const table = {
      count: packets.length,
      offset: new Float64Array(packets.length),
      size: Uint32Array.from(packets, ({ byteLength }) => byteLength),
      pts,
      duration: Float64Array.from(packets, ({ duration }) => ticks(duration)),
      key: Uint8Array.from(packets, ({ type }) => (type === 'key' ? 1 : 0)),
    }
    return { packets: table, frames: frameTable(table), read: contentOf(packets) }
  }
  return {
    kind: 'video',
    id,
    ...described,
    config: { ...described.config, codedHeight: (described.config.codedHeight ?? 0) + missingRows },
    displayHeight: described.displayHeight + missingRows,
    ...(await labelsOf(track)),
    timescale,
    packets: noPackets,
    frames: noFrames,
    stretch,
    frameRate: first.duration > 0 ? 1 / first.duration : 25,
    startTicks: ticks(first.timestamp),
    endTicks: ticks(last.timestamp + last.duration),
  }
}

/** Language, name and whether players begin with a track. */
export async function labelsOf(track: InputTrack): Promise<Pick<DemuxedTrack, 'language' | 'name' | 'isDefault'>> {
  const name = await track.getName()
  return {
    language: normaliseLanguage(await track.getLanguageCode()),
    isDefault: (await track.getDisposition()).default,
    ...(name && { name }),
  }
}

/** @throws with the cause alone when nothing of the file can be used; the caller names it. */
export async function demuxWithLibrary(file: Blob, container: LibraryContainer): Promise<Demuxed> {
  const source = new BlobSource(file, { maxCacheSize: cachedBytes })
  const input = new Input({ source, formats: [formats[container]] })
  const padding = container === 'mp3' ? await mp3Padding(file) : { start: 0, end: 0 }
  const tracks: DemuxedTrack[] = []
  const problems: string[] = []
  const streams = container === 'mpeg-ts' ? await transportStreams(file) : null
  const found = await input.getTracks().catch((error: unknown) => {
    if (!/single program/.test(String(error))) throw error
    throw new Error(
      'it holds several programs, which are read one at a time; this makes a file of the first: ' +
        'ffmpeg -i FILE -map 0:p:1 -c copy NEW.ts (ffprobe FILE lists their numbers)',
    )
  })
  if (streams) problems.push(...unreadTracks(streams, new Set(found.map(({ id }) => id))))
  if (container === 'ogg' && found.length === 0)
    problems.push(
      'FLAC, Speex and Theora are not read from Ogg; this makes them readable: ' +
        'ffmpeg -i FILE -map 0 -c:v libx264 -c:a flac NEW.mkv',
    )
  for (const [id, track] of found.entries()) {
    try {
      const read = track.isAudioTrack()
        ? await audioTrack(track, id, container, padding)
        : track.isVideoTrack()
          ? await videoTrack(track, id)
          : null
      const language = streams?.languages.get(track.id)
      if (read) tracks.push(language === undefined ? read : { ...read, language: normaliseLanguage(language) })
    } catch (error) {
      problems.push(`track ${id} is left out: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return { container, tracks, problems, close: () => input.dispose() }
}
