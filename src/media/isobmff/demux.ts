/** MP4 and MOV (ISO/IEC 14496-12) to packed tables of packets: reads the index and the headers of fragments, never the media. */

import { normaliseLanguage } from '../../schema/language'
import type { ByteReader } from '../byte-reader'
import type { Demuxed, DemuxedTrack, PacketTable } from '../demuxed'
import { type AudioEntry, readAudioEntry } from './audio-entry'
import { type BoxRange, type TableRanges, takeSampleTables, topLevelBoxes } from './box-walk'
import { bytesOf, type Moov, parseMoof, parseMoov, type Trak, type Trex } from './boxes'
import { audioSegments, type Edits, presentationEnd, videoFrames } from './edit-list'
import { checkFragment, FragmentCollector } from './fragments'
import { readMp3Header } from './mp3-header'
import { cutAtFileEnd, readPcmTable, readSampleTable } from './sample-table'
import { beginsWithIdr, readVideoEntry } from './video-entry'

/** An index of three hours with eight tracks has about 40 MB. */
const largestIndex = 128 * 2 ** 20

interface Index {
  readonly moov: Moov
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Where `moov` begins in `bytes`. */
  readonly moovBytes: Uint8Array<ArrayBuffer>
  readonly tables: readonly TableRanges[]
  readonly quickTime: boolean
}

async function readIndex(reader: ByteReader, ftyp: BoxRange | undefined, moov: BoxRange): Promise<Index> {
  if (moov.end > reader.size) throw new Error('its index (moov) is cut off; the file is not complete')
  if (moov.end - moov.start > largestIndex) throw new Error('its index (moov) is larger than 128 MiB')
  const head =
    ftyp && ftyp.end - ftyp.start < 4096 ? await reader.read(ftyp.start, ftyp.end - ftyp.start) : new Uint8Array(0)
  const bytes = new Uint8Array(head.length + moov.end - moov.start)
  bytes.set(head)
  bytes.set(await reader.read(moov.start, moov.end - moov.start), head.length)
  const moovBytes = bytes.subarray(head.length)
  const tables = takeSampleTables(moovBytes)
  const parsed = parseMoov(bytes)
  return { moov: parsed.moov, bytes, moovBytes, tables, quickTime: parsed.majorBrand.startsWith('qt') }
}

interface Fragments {
  readonly packets: FragmentCollector
  /** There is a table of segments (`sidx`), which says when each begins. */
  readonly areIndexed: boolean
}

async function readFragments(reader: ByteReader, moov: Moov, moofs: readonly BoxRange[]): Promise<FragmentCollector> {
  const defaults = new Map<number, Trex>((moov.mvex?.trexs ?? []).map((trex) => [trex.track_id, trex]))
  const collector = new FragmentCollector(defaults, reader.size)
  for (const { start, end } of moofs) {
    if (end > reader.size || end - start > largestIndex) break
    const bytes = await reader.read(start, end - start)
    checkFragment(bytes)
    collector.add(parseMoof(bytes), start)
  }
  return collector
}

function joined(first: PacketTable, second: PacketTable): PacketTable {
  if (first.count === 0) return second
  const count = first.count + second.count
  const both = <T extends Float64Array | Uint32Array | Uint8Array>(into: T, column: (table: PacketTable) => T): T => {
    into.set(column(first))
    into.set(column(second), first.count)
    return into
  }
  return {
    count,
    offset: both(new Float64Array(count), ({ offset }) => offset),
    size: both(new Uint32Array(count), ({ size }) => size),
    pts: both(new Float64Array(count), ({ pts }) => pts),
    duration: both(new Float64Array(count), ({ duration }) => duration),
    key: both(new Uint8Array(count), ({ key }) => key),
  }
}

const bounds = (packets: PacketTable): [number, number] => {
  let start = Number.POSITIVE_INFINITY
  let end = Number.NEGATIVE_INFINITY
  for (let i = 0; i < packets.count; i++) {
    start = Math.min(start, packets.pts[i] ?? 0)
    end = Math.max(end, (packets.pts[i] ?? 0) + (packets.duration[i] ?? 0))
  }
  return [start, end]
}

/** Of its first packet; pictures with their parameter sets are longer than this, but begin within it. */
const firstBytes = (reader: ByteReader, { offset, size }: PacketTable): Promise<Uint8Array> =>
  reader.read(offset[0] ?? 0, Math.min(size[0] ?? 0, 64 * 1024))

/** One `trak` as a track of ours; null when it is neither sound nor pictures or holds nothing. */
async function readTrack(
  trak: Trak,
  id: number,
  index: Index,
  fragments: Fragments | null,
  reader: ByteReader,
): Promise<{ track: DemuxedTrack; cut: boolean } | null> {
  const { mdia, tkhd } = trak
  const handler = mdia?.hdlr?.handler
  const [parsedEntry] = mdia?.minf?.stbl?.stsd?.entries ?? []
  const timescale = mdia?.mdhd?.timescale ?? 0
  if (!parsedEntry || !tkhd || timescale <= 0 || (handler !== 'soun' && handler !== 'vide')) return null
  const fileSize = reader.size
  const entry = bytesOf(index.bytes, parsedEntry)
  const audio: AudioEntry | null = handler === 'soun' ? readAudioEntry(entry, index.quickTime) : null
  const tables = index.tables[id] ?? new Map()
  const indexed =
    audio && audio.frameBytes > 0
      ? readPcmTable(index.moovBytes, tables, fileSize, audio.frameBytes)
      : readSampleTable(index.moovBytes, tables, fileSize)
  // A recorder may begin with an index and go on in fragments.
  const whole = fragments ? joined(indexed, fragments.packets.table(tkhd.track_id, !fragments.areIndexed)) : indexed
  const packets = cutAtFileEnd(whole, fileSize)
  const edits: Edits = {
    entries: (trak.edts?.elst?.entries ?? []).map((edit) => ({
      duration: edit.segment_duration,
      mediaTime: edit.media_time,
    })),
    movieTimescale: index.moov.mvhd?.timescale || timescale,
    timescale,
    fragmented: fragments !== null,
  }
  const base = {
    id,
    language: normaliseLanguage(mdia.elng?.extended_language ?? mdia.mdhd.languageString),
    timescale,
    packets,
    ...(/^enc[av]$/.test(parsedEntry.type) ? { obstacle: 'is encrypted' } : {}),
  }
  const cut = packets.count < whole.count
  const [mediaFirst, mediaLast] = bounds(packets)
  if (audio) {
    const segments = audioSegments(packets, edits)
    const [first] = segments
    const last = segments.at(-1)
    if (!first || !last || packets.count === 0) return null
    const startTicks = first.presentationStart + Math.max(0, mediaFirst - first.mediaStart)
    const endTicks = last.presentationStart + Math.min(mediaLast, last.mediaEnd) - last.mediaStart
    const { codec, coding } = audio
    const { channels, sampleRate } = (codec === 'mp3' && readMp3Header(await firstBytes(reader, packets))) || audio
    return {
      track: { kind: 'audio', ...base, codec, coding, channels, sampleRate, segments, startTicks, endTicks },
      cut,
    }
  }
  const picture = readVideoEntry(parsedEntry, entry, tkhd)
  if (packets.key[0] === 0 && beginsWithIdr(picture, await firstBytes(reader, packets))) packets.key[0] = 1
  const frames = videoFrames(packets, edits)
  const [startTicks] = frames.time
  const lastTime = frames.time.at(-1)
  if (startTicks === undefined || lastTime === undefined) return null
  const lastTicks = lastTime + (packets.duration[frames.packet.at(-1) ?? 0] ?? 0)
  const endTicks = Math.max(lastTime, Math.min(lastTicks, presentationEnd(edits)))
  return {
    track: { kind: 'video', ...base, ...picture, frames, startTicks, endTicks },
    cut,
  }
}

/**
 * @throws with the cause alone (`its index (moov) is cut off; ...`) when nothing of the file can be used; the caller names it.
 */
export async function demuxIsobmff(reader: ByteReader): Promise<Demuxed> {
  let ftyp: BoxRange | undefined
  let moov: BoxRange | undefined
  const moofs: BoxRange[] = []
  let areIndexed = false
  for await (const box of topLevelBoxes(reader)) {
    if (box.type === 'ftyp') ftyp ??= box
    if (box.type === 'moov') moov ??= box
    if (box.type === 'moof') moofs.push(box)
    if (box.type === 'sidx') areIndexed = true
  }
  if (!moov)
    throw new Error(
      'its index (moov) is missing: the recording was cut off before it was finished, or the download was',
    )
  const index = await readIndex(reader, ftyp, moov)
  const fragments = moofs.length > 0 ? { packets: await readFragments(reader, index.moov, moofs), areIndexed } : null
  const tracks: DemuxedTrack[] = []
  const problems: string[] = []
  let anyCut = false
  for (const [id, trak] of (index.moov.traks ?? []).entries()) {
    try {
      const read = await readTrack(trak, id, index, fragments, reader)
      if (!read) continue
      tracks.push(read.track)
      anyCut ||= read.cut
    } catch (error) {
      problems.push(`track ${id} is left out: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  if (anyCut)
    problems.push('the file ends earlier than its index says; what is missing is treated as silence and absent frames')
  return { container: index.quickTime ? 'mov' : 'mp4', tracks, problems }
}
