/** Matroska as mkvmerge can write it and ffmpeg cannot: tracks that are switched off, contents packed with zlib. */
import { deflateSync } from 'node:zlib'

const ids = {
  segment: 0x18538067,
  tracks: 0x1654ae6b,
  track: 0xae,
  cluster: 0x1f43b675,
  blockGroup: 0xa0,
  block: 0xa1,
  simpleBlock: 0xa3,
}
/** `ContentEncodings` that say no more than that there is one, of zlib. */
const zlib = Buffer.from([0x6d, 0x80, 0x86, 0x62, 0x40, 0x83, 0x50, 0x34, 0x80])

interface Element {
  readonly id: Buffer
  readonly content: Buffer
}

function number(bytes: Buffer, at: number, keepMarker: boolean): { value: number; length: number } {
  const first = bytes.readUInt8(at)
  const length = Math.clz32(first) - 23
  let value = keepMarker ? first : first & (0xff >> length)
  for (let i = 1; i < length; i++) value = value * 256 + bytes.readUInt8(at + i)
  return { value, length }
}

function elements(bytes: Buffer): Element[] {
  const found: Element[] = []
  for (let at = 0; at < bytes.length; ) {
    const id = number(bytes, at, true).length
    const size = number(bytes, at + id, false)
    const start = at + id + size.length
    found.push({ id: bytes.subarray(at, at + id), content: bytes.subarray(start, start + size.value) })
    at = start + size.value
  }
  return found
}

/** Sizes take four bytes. */
function written({ id, content }: Element): Buffer {
  const size = Buffer.alloc(4)
  size.writeUInt32BE(0x1000_0000 + content.length)
  return Buffer.concat([id, size, content])
}

/** Contents of some elements changed; what says where others are, which moves, is left out. */
function rewritten(bytes: Buffer, change: (id: number, content: Buffer) => Buffer): Buffer {
  const parents = [ids.segment, ids.tracks, ids.cluster, ids.blockGroup]
  const moved = [0x114d9b74, 0x1c53bb6b]
  const parts = elements(bytes).flatMap((element) => {
    const id = element.id.readUIntBE(0, element.id.length)
    if (moved.includes(id)) return []
    const inside = parents.includes(id) ? rewritten(element.content, change) : element.content
    return [written({ id: element.id, content: change(id, inside) })]
  })
  return Buffer.concat(parts)
}

/** Every frame packed; the file has to have its blocks without lacing, as ffmpeg writes them. */
export const packedWithZlib = (matroska: Buffer): Buffer =>
  rewritten(matroska, (id, content) => {
    if (id === ids.track) return Buffer.concat([content, zlib])
    // Track, time and flags come first.
    if (id === ids.simpleBlock || id === ids.block)
      return Buffer.concat([content.subarray(0, 4), deflateSync(content.subarray(4))])
    return content
  })

/** Every track with a flag that says it is not to be used. */
export const switchedOff = (matroska: Buffer): Buffer =>
  rewritten(matroska, (id, content) =>
    id === ids.track ? Buffer.concat([content, Buffer.from([0xb9, 0x81, 0])]) : content,
  )
