/**
 * Where in a file its media begin: behind a tag (ID3v2), or behind the rest of what a download or recording cut off. Only
 * streams of self-contained frames or packets can begin anywhere; what begins one is taken for it when others follow at once.
 */
import { adtsFrameBytes } from './adts-header'
import { type ContainerKind, recogniseContainer } from './container-kind'
import { tagBytes } from './id3-tag'
import { mp3FrameBytes } from './mp3-frame'

const headBytes = 4096
const searchedBytes = 64 * 1024
const enoughFrames = 4
const enoughPackets = 5

export interface MediaStart {
  readonly kind: ContainerKind
  /** The part of the file that holds media. */
  readonly file: Blob
}

const headOf = async (file: Blob, length = headBytes): Promise<Uint8Array> =>
  new Uint8Array(await file.slice(0, length).arrayBuffer())

/** Whether frames follow on from one another from `at` on. */
function isChain(bytes: Uint8Array, at: number, frameBytes: (bytes: Uint8Array, at: number) => number): boolean {
  let position = at
  for (let frame = 0; frame < enoughFrames; frame++) {
    const length = frameBytes(bytes, position)
    if (length === 0) return false
    position += length
  }
  return true
}

const isPackets = (bytes: Uint8Array, at: number, stride: number): boolean =>
  Array.from({ length: enoughPackets }, (_, n) => bytes[at + n * stride]).every((byte) => byte === 0x47)

function searched(bytes: Uint8Array): { readonly kind: ContainerKind; readonly at: number } | null {
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] === 0x47 && isPackets(bytes, at, 188)) return { kind: 'mpeg-ts', at }
    if (bytes[at + 4] === 0x47 && isPackets(bytes, at + 4, 192)) return { kind: 'mpeg-ts', at }
    if (bytes[at] !== 0xff) continue
    if (isChain(bytes, at, mp3FrameBytes)) return { kind: 'mp3', at }
    if (isChain(bytes, at, adtsFrameBytes)) return { kind: 'adts', at }
  }
  return null
}

/** Null: the file is none that is read. */
export async function findMedia(file: Blob): Promise<MediaStart | null> {
  const head = await headOf(file)
  const tag = tagBytes(head)
  if (tag > 0) {
    const behind = file.slice(tag)
    const kind = recogniseContainer(await headOf(behind))?.kind
    return kind === 'adts' || kind === 'flac' ? { kind, file: behind } : { kind: 'mp3', file }
  }
  const recognised = recogniseContainer(head)
  if (recognised) return recognised.kind === 'other' ? null : { kind: recognised.kind, file }
  const found = searched(await headOf(file, searchedBytes))
  return found && { kind: found.kind, file: file.slice(found.at) }
}
