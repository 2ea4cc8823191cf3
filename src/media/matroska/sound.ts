/**
 * Soundtracks of Matroska on the grid of samples, though the file counts milliseconds. The codec delay is taken off all times,
 * and only Opus leaves out what lies in it, as in ffmpeg.
 */
import type { InputAudioTrack } from 'mediabunny'
import type { DemuxedAudio } from '../demuxed'
import { framesInOf } from '../frames-in'
import { describeAudio } from '../library/describe-audio'
import { gridJitter, phaseOf, placeOnGrid, type SampleGrid } from '../sound-grid'
import { noFrames } from '../stretch'
import type { Frame } from './blocks'
import { contentOf, readBytes, type TrackContext, tableOf, trackBase } from './packets'

/** Enough of a packet to know how much it decodes to. */
const headBytes = 16
/** Sound that decoding may want before a window. */
const preRollS = 1

/** @returns null when the coding is unknown. */
export async function audioTrack(track: InputAudioTrack, context: TrackContext): Promise<DemuxedAudio | null> {
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
    const all = await clusters.frames(packed.number, from ?? 0, to ?? 0, null, signal)
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
    ...(await trackBase(track, context)),
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
