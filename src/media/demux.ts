/** The demuxer of each container; those of other containers than MP4 are loaded on first use. */
import { ByteReader } from './byte-reader'
import type { ContainerKind } from './container-kind'
import type { Demuxed } from './demuxed'
import { demuxIsobmff } from './isobmff/demux'

const windowBytes = 64 * 1024

/** @throws with the cause alone when nothing of the file can be used; the caller names it. */
export function demux(kind: ContainerKind, file: Blob): Promise<Demuxed> {
  const reader = new ByteReader(file, windowBytes)
  if (kind === 'isobmff') return demuxIsobmff(reader)
  if (kind === 'matroska') return import('./matroska/demux').then(({ demuxMatroska }) => demuxMatroska(file, reader))
  return import('./library/demux').then(({ demuxWithLibrary }) => demuxWithLibrary(file, kind))
}
