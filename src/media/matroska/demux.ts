/**
 * Matroska and WebM: mediabunny says what the tracks are, our own walk over clusters finds their frames where somebody looks.
 * Times are ffmpeg's: the codec delay is taken off, and only Opus leaves out what lies in it.
 */
import {
  BlobSource,
  Input,
  type InputAudioTrack,
  type InputTrack,
  type InputVideoTrack,
  MATROSKA,
  WEBM,
} from 'mediabunny'
import type { ByteReader } from '../byte-reader'
import type { Demuxed, DemuxedAudio, DemuxedTrack, DemuxedVideo, PacketTable, Stretch } from '../demuxed'
import { framesInOf } from '../frames-in'
import { labelsOf } from '../library/demux'
import { describeAudio } from '../library/describe-audio'
import { describeVideo } from '../library/describe-video'
import { gridJitter, phaseOf, placeOnGrid, type SampleGrid } from '../sound-grid'
import { noFrames, noPackets } from '../stretch'
import type { Frame } from './blocks'
import { type Clusters, openClusters, type TrackEdges } from './clusters'
import { type PackedTrack, readSegmentHead } from './segment'

const cachedBytes = 8 * 2 ** 20
const readBytes = 512 * 1024
/** Enough of a packet to know how much it decodes to. */
const headBytes = 16
/** Sound that decoding may want before a window. */
const preRollS = 1

interface TrackContext {
  readonly id: number
  readonly packed: PackedTrack
  readonly edges: TrackEdges
  readonly clusters: Clusters
  readonly reader: ByteReader
  /** Ticks a second. */
  readonly timescale: number
}

async function inflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'))
  return new Uint8Array(await new Response(unpacked).arrayBuffer())
}

/** Content of frames by their row, unpacked. */
function contentOf(frames: readonly Frame[], { compression }: PackedTrack, reader: ByteReader): Stretch['read'] {
  return async (row) => {
    const { offset = 0, size = 0 } = frames[row] ?? {}
    const bytes = await reader.read(offset, size)
    if (compression === null) return bytes
    if (compression.kind === 'zlib') return inflate(bytes)
    const whole = new Uint8Array(compression.bytes.length + bytes.length)
    whole.set(compression.bytes)
    whole.set(bytes, compression.bytes.length)
    return whole
  }
}

function tableOf(frames: readonly Frame[], pts: Float64Array, duration: Float64Array): PacketTable {
  return {
    count: frames.length,
    offset: Float64Array.from(frames, ({ offset }) => offset),
    size: Uint32Array.from(frames, ({ size }) => size),
    pts,
    duration,
    key: Uint8Array.from(frames, ({ isKey }) => (isKey ? 1 : 0)),
  }
}

const base = async (track: InputTrack, { id, packed }: TrackContext) => ({
  id,
  ...(await labelsOf(track)),
  packets: noPackets,
  ...(packed.isEncrypted && { obstacle: 'is encrypted' }),
})

async function audioTrack(track: InputAudioTrack, context: TrackContext): Promise<DemuxedAudio | null> {
  const { packed, edges, clusters, reader, timescale } = context
  const described = await describeAudio(track)
  if (!described) return null
  const { coding, sampleRate, channels } = described
  const framesIn = framesInOf(coding)
  const samples = (ticks: number): number => ((ticks - packed.codecDelayTicks) * sampleRate) / timescale
  const frameBytes = coding.kind === 'pcm' ? coding.format.bytesPerSample * channels : 0
  const framesOf = (head: Uint8Array, before: Uint8Array | null, { size, duration }: Frame): number => {
    if (coding.kind === 'pcm') return Math.floor(size / frameBytes)
    return framesIn(head, before) ?? Math.round(samples(duration + packed.codecDelayTicks))
  }
  const headOf = async (frame: Frame): Promise<Uint8Array<ArrayBuffer>> => {
    const read = contentOf([{ ...frame, size: Math.min(frame.size, headBytes) }], packed, reader)
    return packed.compression?.kind === 'zlib' ? contentOf([frame], packed, reader)(0) : read(0)
  }
  const firstHead = await headOf(edges.first)
  const step = coding.kind === 'pcm' || described.codec === 'vorbis' ? 0 : framesOf(firstHead, null, edges.first)
  const skip = described.codec === 'opus' ? opusPreSkip(await track.getDecoderConfig()) : 0
  const startTicks = Math.round(samples(edges.first.ticks))
  const heardTicks = edges.first.ticks + Math.round((skip * timescale) / sampleRate)
  const heardFrom = Math.round(samples(heardTicks))
  const origin = heardFrom - skip
  const jitter = gridJitter(sampleRate, timescale)

  const load = async (grid: SampleGrid, fromTicks: number, toTicks: number, signal?: AbortSignal) => {
    const [from, to] = [fromTicks / sampleRate - preRollS, toTicks / sampleRate].map(
      (seconds) => seconds * timescale + packed.codecDelayTicks,
    )
    const all = await clusters.frames(packed.number, from ?? 0, to ?? 0, false, signal)
    const frames = all.filter(({ ticks }) => ticks >= (from ?? 0) - timescale && ticks <= (to ?? 0))
    let before: Uint8Array | null = null
    // Where reading begins within Vorbis, the first packet only says how long the next one is.
    const opening = frames[0]
    if (opening && opening.offset !== edges.first.offset) {
      const head = await headOf(opening)
      if (framesOf(head, null, opening) === 0) {
        before = head
        frames.shift()
      }
    }
    const rows: { time: number; frames: number }[] = []
    for (const frame of frames) {
      const head = await headOf(frame)
      const isFirst = frame.offset === edges.first.offset
      const time = isFirst ? origin : frame.lace > 0 ? Number.NaN : samples(frame.ticks)
      rows.push({ time, frames: framesOf(head, before, frame) })
      before = head
    }
    const duration = Float64Array.from(rows, (row) => row.frames)
    const table = tableOf(frames, placeOnGrid(rows, grid), duration)
    const read = contentOf(frames, packed, reader.another(readBytes))
    return { rows, stretch: { packets: table, frames: noFrames, read } }
  }
  const loose = { origin, step, jitter, phase: 0 }
  const beginning = await load(loose, origin, origin + sampleRate)
  // The first packet of Vorbis gives no sound, and its time is off.
  const lead = described.codec === 'vorbis' ? 1 : 0
  const { pts } = beginning.stretch.packets
  const grid = { ...loose, phase: phaseOf(beginning.rows.slice(lead), pts.subarray(lead), jitter) }
  const stretch: DemuxedAudio['stretch'] = async (from, to, signal) => (await load(grid, from, to, signal)).stretch
  // The last packet's place depends on those before it.
  const lastSamples = samples(edges.last.ticks)
  const { packets } = await stretch(lastSamples, lastSamples + sampleRate)
  const row = packets.count - 1
  const end = (packets.pts[row] ?? lastSamples) + (packets.duration[row] ?? 0)
  const discard = Math.round((Math.max(0, edges.last.discardNs) * sampleRate) / 1e9)
  const endTicks = Math.max(heardFrom, end - discard)
  const heardAt = lead > 0 ? (pts[lead] ?? heardFrom) : heardFrom
  return {
    kind: 'audio',
    ...described,
    ...(await base(track, context)),
    timescale: sampleRate,
    stretch,
    startTicks,
    endTicks,
    segments: [{ mediaStart: heardAt, mediaEnd: endTicks, presentationStart: heardAt }],
  }
}

/** Samples that Opus leaves out at the beginning (RFC 7845, 5.1). */
function opusPreSkip(config: AudioDecoderConfig | null): number {
  const head = config?.description
  if (!head || !ArrayBuffer.isView(head) || head.byteLength < 12) return 0
  return new DataView(head.buffer, head.byteOffset).getUint16(10, true)
}

async function videoTrack(track: InputVideoTrack, context: TrackContext): Promise<DemuxedVideo | null> {
  const { packed, edges, clusters, reader, timescale } = context
  const described = await describeVideo(track)
  if (!described) return null
  const delay = packed.codecDelayTicks
  const usual = (packed.defaultDurationNs * timescale) / 1e9
  const stretch = async (fromTicks: number, toTicks: number, signal?: AbortSignal): Promise<Stretch> => {
    const frames = await clusters.frames(packed.number, fromTicks + delay, toTicks + delay, true, signal)
    const pts = Float64Array.from(frames, ({ ticks }) => ticks - delay)
    const order = [...pts.keys()].sort((a, b) => (pts[a] ?? 0) - (pts[b] ?? 0))
    const duration = Float64Array.from(frames, (frame) => frame.duration || usual)
    return {
      packets: tableOf(frames, pts, duration),
      frames: { time: Float64Array.from(order, (row) => pts[row] ?? 0), packet: Uint32Array.from(order) },
      read: contentOf(frames, packed, reader.another(readBytes)),
    }
  }
  return {
    kind: 'video',
    ...described,
    ...(await base(track, context)),
    timescale,
    frames: noFrames,
    stretch,
    frameRate: usual > 0 ? timescale / usual : 25,
    startTicks: edges.first.ticks - delay,
    endTicks: edges.last.ticks - delay + (edges.last.duration || usual),
  }
}

/** @throws with the cause alone when nothing of the file can be used; the caller names it. */
export async function demuxMatroska(file: Blob, reader: ByteReader): Promise<Demuxed> {
  const head = await readSegmentHead(reader)
  const clusters = await openClusters(head, reader.another(readBytes))
  const source = new BlobSource(file, { maxCacheSize: cachedBytes })
  const input = new Input({ source, formats: [MATROSKA, WEBM] })
  const described = await input.getTracks()
  const media = described.filter((track) => track.isAudioTrack() || track.isVideoTrack())
  const edges = await clusters.edges(media.map(({ id }) => id))
  const timescale = 1e9 / head.timestampScale
  const tracks: DemuxedTrack[] = []
  const problems: string[] = []
  for (const [id, packed] of head.tracks.entries()) {
    const track = media.find((candidate) => candidate.id === packed.number)
    const known = edges.get(packed.number)
    if (!track || !known) continue
    const context = { id, packed, edges: known, clusters, reader: reader.another(readBytes), timescale }
    try {
      const read = track.isAudioTrack()
        ? await audioTrack(track, context)
        : track.isVideoTrack()
          ? await videoTrack(track, context)
          : null
      if (read) tracks.push(read)
      else problems.push(`track ${id} is left out: its coding (${packed.codecId}) is unknown`)
    } catch (error) {
      problems.push(`track ${id} is left out: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  const container = (await input.getFormat()).name === 'WebM' ? 'webm' : 'matroska'
  return { container, tracks, problems, close: () => input.dispose() }
}
