/**
 * mp4box as a parser of boxes only: it sees `ftyp` with `moov`, or one `moof`, builds no sample lists, and never the media.
 * Contents that we read ourselves are taken from the same bytes by their position.
 */
import { type Box, createFile, type ISOFile, Log, MP4BoxBuffer } from 'mp4box'
import { childBoxes } from './box-walk'

// mp4box exports its parsers but not all of their types.
export type Moov = ISOFile['moov']
export type Trak = Moov['traks'][number]
export type TrackHeader = Trak['tkhd']
export type Trex = NonNullable<Moov['mvex']>['trexs'][number]
export type Moof = ISOFile['moofs'][number]
export type Traf = Moof['trafs'][number]

// What it cannot read it prints, also where QuickTime differs harmlessly; what matters becomes a problem of ours.
Log.error = () => {}

function parse(bytes: Uint8Array<ArrayBuffer>): ISOFile {
  const file = createFile()
  file.buildSampleLists = () => {}
  file.updateSampleLists = () => {}
  const copy = bytes.slice().buffer
  file.appendBuffer(MP4BoxBuffer.fromArrayBuffer(copy, 0))
  return file
}

/**
 * @param bytes `ftyp` (when there is one) followed by `moov`, its sample tables already taken out.
 * @throws when mp4box finds no `moov` in them.
 */
export function parseMoov(bytes: Uint8Array<ArrayBuffer>): { moov: Moov; majorBrand: string } {
  const file = parse(bytes)
  if (!file.moov) throw new Error('its index (moov) is damaged')
  return { moov: file.moov, majorBrand: file.ftyp?.major_brand ?? 'qt  ' }
}

export function parseMoof(bytes: Uint8Array<ArrayBuffer>): Moof {
  const [moof] = parse(bytes).moofs
  if (!moof) throw new Error('one of its fragments (moof) is damaged')
  return moof
}

/** Where `box` lies in the bytes it was parsed from. */
export function bytesOf(bytes: Uint8Array<ArrayBuffer>, box: Box): Uint8Array<ArrayBuffer> {
  const start = box.start ?? 0
  return bytes.subarray(start, start + box.size)
}

/**
 * Contents of the first box called `type` inside a sample entry, `headerBytes` after the entry's start; `wave` boxes of
 * QuickTime are looked into.
 */
export function childOf(
  entry: Uint8Array<ArrayBuffer>,
  headerBytes: number,
  type: string,
): Uint8Array<ArrayBuffer> | null {
  for (const box of childBoxes(entry, headerBytes, entry.length)) {
    if (box.type === type) return entry.subarray(box.body, box.end)
    if (box.type === 'wave') {
      const inner = childBoxes(entry, box.body, box.end).find((child) => child.type === type)
      if (inner) return entry.subarray(inner.body, inner.end)
    }
  }
  return null
}
