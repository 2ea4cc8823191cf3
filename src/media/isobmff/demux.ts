/** MP4 and MOV (ISO/IEC 14496-12) to packed tables of packets: reads the index and the headers of fragments, never the media. */
import type { ByteReader } from '../byte-reader'
import type { Demuxed, DemuxedTrack, PacketTable } from '../demuxed'
import { normaliseLanguage } from '../language'
import { type AudioEntry, readAudioEntry } from './audio-entry'
import { type BoxRange, type TableRanges, takeSampleTables, topLevelBoxes } from './box-walk'
import { bytesOf, type Moov, parseMoof, parseMoov, type Trak, type Trex } from './boxes'
import { audioSegments, type Edits, videoFrames } from './edit-list'
import { checkFragment, FragmentCollector } from './fragments'
import { cutAtFileEnd, readPcmTable, readSampleTable } from './sample-table'
import { readVideoEntry } from './video-entry'

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

const bounds = (packets: PacketTable): [number, number] => {
  let start = Number.POSITIVE_INFINITY
  let end = Number.NEGATIVE_INFINITY
  for (let i = 0; i < packets.count; i++) {
    start = Math.min(start, packets.pts[i] ?? 0)
    end = Math.max(end, (packets.pts[i] ?? 0) + (packets.duration[i] ?? 0))
  }
  return [start, end]
}

/** One `trak` as a track of ours; null when it is neither sound nor pictures or holds nothing. */
function readTrack(
  trak: Trak,
  id: number,
  index: Index,
  fragments: FragmentCollector | null,
  fileSize: number,
): { track: DemuxedTrack; cut: boolean } | null {
  const { mdia, tkhd } = trak
  const handler = mdia?.hdlr?.handler
  const [parsedEntry] = mdia?.minf?.stbl?.stsd?.entries ?? []
  const timescale = mdia?.mdhd?.timescale ?? 0
  if (!parsedEntry || !tkhd || timescale <= 0 || (handler !== 'soun' && handler !== 'vide')) return null
  const entry = bytesOf(index.bytes, parsedEntry)
  const audio: AudioEntry | null = handler === 'soun' ? readAudioEntry(entry, index.quickTime) : null
  const tables = index.tables[id] ?? new Map()
  let whole: PacketTable
  if (fragments) whole = fragments.table(tkhd.track_id)
  else if (audio && audio.frameBytes > 0) whole = readPcmTable(index.moovBytes, tables, fileSize, audio.frameBytes)
  else whole = readSampleTable(index.moovBytes, tables, fileSize)
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
    const { codec, coding, channels, sampleRate } = audio
    return {
      track: { kind: 'audio', ...base, codec, coding, channels, sampleRate, segments, startTicks, endTicks },
      cut,
    }
  }
  const frames = videoFrames(packets, edits)
  const [startTicks] = frames.time
  const lastTime = frames.time.at(-1)
  if (startTicks === undefined || lastTime === undefined) return null
  const endTicks = lastTime + (packets.duration[frames.packet.at(-1) ?? 0] ?? 0)
  return {
    track: { kind: 'video', ...base, ...readVideoEntry(parsedEntry, entry, tkhd), frames, startTicks, endTicks },
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
  for await (const box of topLevelBoxes(reader)) {
    if (box.type === 'ftyp') ftyp ??= box
    if (box.type === 'moov') moov ??= box
    if (box.type === 'moof') moofs.push(box)
  }
  if (!moov)
    throw new Error(
      'its index (moov) is missing: the recording was cut off before it was finished, or the download was',
    )
  const index = await readIndex(reader, ftyp, moov)
  const fragments = moofs.length > 0 ? await readFragments(reader, index.moov, moofs) : null
  const tracks: DemuxedTrack[] = []
  const problems: string[] = []
  let anyCut = false
  for (const [id, trak] of (index.moov.traks ?? []).entries()) {
    try {
      const read = readTrack(trak, id, index, fragments, reader.size)
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
