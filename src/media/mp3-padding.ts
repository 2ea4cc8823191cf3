/** How much of an MP3 an encoder put before and behind the sound, from LAME's addition to the Xing header of the first frame. */
import { tagBytes } from './id3-tag'

export interface Mp3Padding {
  /** In samples. */
  readonly start: number
  readonly end: number
}

/** What a decoder adds to an encoder's delay (LAME's documentation of its tag): 528 samples and the one it begins with. */
const decoderDelay = 528 + 1
const none: Mp3Padding = { start: 0, end: 0 }

/** Nothing, where the first frame is sound already. */
export async function mp3Padding(file: Blob): Promise<Mp3Padding> {
  const start = tagBytes(new Uint8Array(await file.slice(0, 10).arrayBuffer()))
  const bytes = new Uint8Array(await file.slice(start, start + 4096).arrayBuffer())
  const text = new TextDecoder('latin1').decode(bytes)
  const frame = bytes.findIndex((byte, i) => byte === 0xff && ((bytes[i + 1] ?? 0) & 0xe0) === 0xe0)
  const header = /Xing|Info/.exec(text.slice(0, frame + 64))
  if (frame < 0 || !header) return none
  const view = new DataView(bytes.buffer)
  const flags = view.getUint32(header.index + 4)
  const optional = (flags & 1 ? 4 : 0) + (flags & 2 ? 4 : 0) + (flags & 4 ? 100 : 0) + (flags & 8 ? 4 : 0)
  // Encoder's name, then what it says about itself; delay and padding are 12 bits each, 21 bytes in.
  const lame = header.index + 8 + optional
  if (!/^(LAME|Lavf|Lavc)/.test(text.slice(lame, lame + 4))) return none
  const both = (view.getUint8(lame + 21) << 16) | view.getUint16(lame + 22)
  return { start: (both >> 12) + decoderDelay, end: Math.max(0, (both & 0xfff) - decoderDelay) }
}
