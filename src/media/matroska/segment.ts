/** The head of a Matroska segment (RFC 9559): how time is counted, how tracks pack their frames, and where clusters are. */
import type { ByteReader } from '../byte-reader'
import { child, children, type ElementHeader, ids, readHeader, unsigned } from './ebml'

/** Heads are some kilobytes; cues of three hours some hundred. */
const largestElement = 64 * 2 ** 20
/** Elements before the first cluster. */
const mostElements = 1000

export interface PackedTrack {
  /** By which blocks name it. */
  readonly number: number
  readonly codecId: string
  /** What a decoder is set up with; may be empty. */
  readonly codecPrivate: Uint8Array
  /** Ticks that ffmpeg takes off every timestamp. */
  readonly codecDelayTicks: number
  readonly defaultDurationNs: number
  readonly isEncrypted: boolean
  /** What precedes the content of every block (header stripping), or how it is packed. */
  readonly compression: { readonly kind: 'prefix'; readonly bytes: Uint8Array } | { readonly kind: 'zlib' } | null
}

/** Where reading can begin: a cluster, and the time that the file says it has, in ticks. */
export interface Anchor {
  readonly position: number
  readonly ticks: number
}

export interface SegmentHead {
  /** Nanoseconds a tick. */
  readonly timestampScale: number
  /** All tracks in file order, subtitles and others among them. */
  readonly tracks: readonly PackedTrack[]
  /** Content of the element that lists them, and where it is. */
  readonly trackList: { readonly position: number; readonly bytes: Uint8Array<ArrayBuffer> }
  /** Ascending in both; the first cluster comes first. Empty when there is no cluster. */
  readonly anchors: readonly Anchor[]
  /** Clusters end here at the latest. */
  readonly end: number
}

function compressionOf(entry: Uint8Array<ArrayBuffer>): Pick<PackedTrack, 'compression' | 'isEncrypted'> {
  const encodings = child(entry, ids.contentEncodings)
  const encoding = encodings && child(encodings, ids.contentEncoding)
  if (!encoding) return { compression: null, isEncrypted: false }
  if (child(encoding, ids.contentEncryption)) return { compression: null, isEncrypted: true }
  const packing = child(encoding, ids.contentCompression)
  if (!packing) return { compression: null, isEncrypted: false }
  const algorithm = unsigned(child(packing, ids.compressionAlgorithm), 0)
  const bytes = child(packing, ids.compressionSettings) ?? new Uint8Array(0)
  if (algorithm !== 0 && algorithm !== 3) throw new Error(`a track is packed in a way (${algorithm}) that is not read`)
  return { compression: algorithm === 3 ? { kind: 'prefix', bytes } : { kind: 'zlib' }, isEncrypted: false }
}

function readTrack(entry: Uint8Array<ArrayBuffer>, timestampScale: number): PackedTrack {
  const codecId = new TextDecoder('latin1').decode(child(entry, ids.codecId)).replace(/\0+$/, '')
  return {
    number: unsigned(child(entry, ids.trackNumber), 0),
    codecId,
    codecPrivate: child(entry, ids.codecPrivate) ?? new Uint8Array(0),
    codecDelayTicks: Math.round(unsigned(child(entry, ids.codecDelay), 0) / timestampScale),
    defaultDurationNs: unsigned(child(entry, ids.defaultDuration), 0),
    ...compressionOf(entry),
  }
}

function readCues(cues: Uint8Array<ArrayBuffer>, segmentStart: number): Anchor[] {
  const anchors: Anchor[] = []
  for (const point of children(cues)) {
    if (point.id !== ids.cuePoint) continue
    const ticks = unsigned(child(point.content, ids.cueTime), 0)
    const where = child(point.content, ids.cueTrackPositions)
    const position = where && child(where, ids.cueClusterPosition)
    if (position) anchors.push({ position: segmentStart + unsigned(position, 0), ticks })
  }
  return anchors
}

/** Sorted by position, with times that never fall: what else cues say is a lie. */
function inOrder(anchors: readonly Anchor[]): Anchor[] {
  const ordered: Anchor[] = []
  for (const anchor of anchors.toSorted((a, b) => a.position - b.position || a.ticks - b.ticks)) {
    const previous = ordered.at(-1)
    if (!previous || (anchor.position > previous.position && anchor.ticks >= previous.ticks)) ordered.push(anchor)
  }
  return ordered
}

/**
 * Reads what stands before the first cluster, and the cues wherever they are.
 * @throws with the cause alone when there is no segment or no list of tracks.
 */
export async function readSegmentHead(reader: ByteReader): Promise<SegmentHead> {
  const headerAt = async (position: number): Promise<ElementHeader | null> =>
    readHeader(await reader.read(position, 16), 0)
  const content = async (position: number, { headerBytes, size }: ElementHeader) => {
    if (size > largestElement) throw new Error('an element of its head is larger than 64 MiB')
    return { position: position + headerBytes, bytes: (await reader.read(position + headerBytes, size)).slice() }
  }
  const ebml = await headerAt(0)
  const segmentAt = ebml ? ebml.headerBytes + ebml.size : 0
  const segment = await headerAt(segmentAt)
  if (segment?.id !== ids.segment) throw new Error('its segment is missing or damaged')
  const start = segmentAt + segment.headerBytes
  const end = Math.min(reader.size, start + segment.size)
  const found = new Map<number, { readonly position: number; readonly bytes: Uint8Array<ArrayBuffer> }>()
  const sought = new Map<number, number>()
  let firstCluster = -1
  let position = start
  for (let n = 0; n < mostElements && position < end; n++) {
    const header = await headerAt(position)
    if (!header) break
    if (header.id === ids.cluster) {
      firstCluster = position
      break
    }
    if (header.id === ids.info || header.id === ids.tracks || header.id === ids.cues)
      found.set(header.id, await content(position, header))
    if (header.id === ids.seekHead)
      for (const seek of children((await content(position, header)).bytes))
        sought.set(
          unsigned(child(seek.content, ids.seekId), 0),
          start + unsigned(child(seek.content, ids.seekPosition), 0),
        )
    position += header.headerBytes + header.size
  }
  for (const id of [ids.info, ids.tracks, ids.cues]) {
    const at = sought.get(id)
    if (found.has(id) || at === undefined) continue
    const header = await headerAt(at)
    if (header?.id === id) found.set(id, await content(at, header))
  }
  const trackList = found.get(ids.tracks)
  if (!trackList) throw new Error('its list of tracks is missing: the file is damaged or not complete')
  const info = found.get(ids.info)?.bytes
  const timestampScale = unsigned(info && child(info, ids.timestampScale), 1_000_000) || 1_000_000
  const tracks: PackedTrack[] = []
  for (const { id, content: entry } of children(trackList.bytes))
    if (id === ids.trackEntry) tracks.push(readTrack(entry, timestampScale))
  const cues = found.get(ids.cues)?.bytes
  const first = firstCluster < 0 ? [] : [{ position: firstCluster, ticks: 0 }]
  const listed = cues ? readCues(cues, start) : []
  const anchors = firstCluster < 0 ? [] : listed.filter((cue) => cue.position > firstCluster && cue.position < end)
  return { timestampScale, tracks, trackList, anchors: inOrder([...first, ...anchors]), end }
}
