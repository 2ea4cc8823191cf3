/** Elements of EBML (RFC 8794): identifiers, sizes, and the values inside; nothing is trusted to fit what surrounds it. */

export const ids = {
  ebml: 0x1a45dfa3,
  segment: 0x18538067,
  seekHead: 0x114d9b74,
  seek: 0x4dbb,
  seekId: 0x53ab,
  seekPosition: 0x53ac,
  info: 0x1549a966,
  timestampScale: 0x2ad7b1,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  trackNumber: 0xd7,
  trackType: 0x83,
  flagEnabled: 0xb9,
  codecId: 0x86,
  codecPrivate: 0x63a2,
  codecDelay: 0x56aa,
  defaultDuration: 0x23e383,
  contentEncodings: 0x6d80,
  contentEncoding: 0x6240,
  contentCompression: 0x5034,
  contentEncryption: 0x5035,
  compressionAlgorithm: 0x4254,
  compressionSettings: 0x4255,
  cues: 0x1c53bb6b,
  cuePoint: 0xbb,
  cueTime: 0xb3,
  cueTrackPositions: 0xb7,
  cueClusterPosition: 0xf1,
  cluster: 0x1f43b675,
  timestamp: 0xe7,
  simpleBlock: 0xa3,
  blockGroup: 0xa0,
  block: 0xa1,
  blockDuration: 0x9b,
  referenceBlock: 0xfb,
  discardPadding: 0x75a2,
  chapters: 0x1043a770,
  tags: 0x1254c367,
  attachments: 0x1941a469,
} as const

/** What may follow a cluster whose size its writer did not know. */
const topLevel: ReadonlySet<number> = new Set([
  ids.ebml,
  ids.segment,
  ids.seekHead,
  ids.info,
  ids.tracks,
  ids.cues,
  ids.cluster,
  ids.chapters,
  ids.tags,
  ids.attachments,
])
export const isTopLevel = (id: number): boolean => topLevel.has(id)

export interface ElementHeader {
  readonly id: number
  /** Bytes of identifier and size. */
  readonly headerBytes: number
  /** Bytes of content; infinite when the writer did not know. */
  readonly size: number
}

/** A number whose first byte says by its leading zeros how long it is. Null: cut off or longer than 8 bytes. */
export function readVint(bytes: Uint8Array, at: number, keepMarker = false): { value: number; length: number } | null {
  const first = bytes[at]
  if (first === undefined || first === 0) return null
  const length = Math.clz32(first) - 23
  if (at + length > bytes.length) return null
  let value = keepMarker ? first : first & (0xff >> length)
  let allOnes = (first & (0xff >> length)) === 0xff >> length
  for (let i = 1; i < length; i++) {
    const byte = bytes[at + i] ?? 0
    allOnes &&= byte === 0xff
    value = value * 256 + byte
  }
  return { value: allOnes && !keepMarker ? Number.POSITIVE_INFINITY : value, length }
}

/** @returns null where the bytes make no element. */
export function readHeader(bytes: Uint8Array, at: number): ElementHeader | null {
  const id = readVint(bytes, at, true)
  if (!id || id.length > 4) return null
  const size = readVint(bytes, at + id.length)
  return size && { id: id.value, headerBytes: id.length + size.length, size: size.value }
}

export interface Element {
  readonly id: number
  readonly content: Uint8Array<ArrayBuffer>
}

/** Elements directly inside `bytes`; stops where they no longer make sense. */
export function* children(bytes: Uint8Array<ArrayBuffer>): Generator<Element> {
  for (let at = 0; at < bytes.length; ) {
    const header = readHeader(bytes, at)
    if (!header) return
    const start = at + header.headerBytes
    const end = Math.min(bytes.length, start + header.size)
    yield { id: header.id, content: bytes.subarray(start, end) }
    at = end
  }
}

/** First element of a kind directly inside. */
export function child(bytes: Uint8Array<ArrayBuffer>, id: number): Uint8Array<ArrayBuffer> | undefined {
  for (const element of children(bytes)) if (element.id === id) return element.content
  return undefined
}

/** Content as an unsigned number; absent: `otherwise`. */
export function unsigned(content: Uint8Array | undefined, otherwise: number): number {
  return content ? content.reduce((value, byte) => value * 256 + byte, 0) : otherwise
}

/** Content as a signed number in two's complement, up to 6 bytes exact. */
export function signed(content: Uint8Array): number {
  const value = unsigned(content, 0)
  return (content[0] ?? 0) & 0x80 ? value - 256 ** content.length : value
}
