/** How many samples packets decode to, found by their codec and its configuration alone. */
import { parseAacConfig } from './aac-config'
import type { AudioCoding } from './demuxed'
import { framesOfAc3, framesOfDts, framesOfEac3, framesOfFlac, framesOfMp3 } from './frame-headers'
import { opusFrames } from './opus-packet'
import { vorbisFrames } from './vorbis-packet'

/**
 * Samples that a packet decodes to after the one before it (null: decoding begins here), from the codec itself; null where
 * only the container knows.
 */
export type FramesIn = (packet: Uint8Array, previous: Uint8Array | null) => number | null

const unknown: FramesIn = () => null
const library = { ac3: framesOfAc3, eac3: framesOfEac3, dts: framesOfDts }

function bytesOf(description: AllowSharedBufferSource): Uint8Array {
  return ArrayBuffer.isView(description)
    ? new Uint8Array(description.buffer, description.byteOffset, description.byteLength)
    : new Uint8Array(description)
}

function framesOfAac(description: Uint8Array | null): FramesIn {
  // Packets without a configuration come from ADTS, whose frames are whole.
  const frames = description ? (parseAacConfig(description)?.packetFrames ?? 0) : 1024
  return frames > 0 ? () => frames : unknown
}

export function framesInOf(coding: AudioCoding): FramesIn {
  if (coding.kind === 'pcm') return unknown
  if (coding.kind === 'library') return library[coding.name]
  const { codec, description: given } = coding.config
  const description = given ? bytesOf(given) : null
  if (codec.startsWith('mp4a.')) return framesOfAac(description)
  switch (codec) {
    case 'opus':
      return opusFrames
    case 'mp3':
      return framesOfMp3
    case 'vorbis':
      return description ? vorbisFrames(description) : unknown
    case 'flac':
      return framesOfFlac
    default:
      return unknown
  }
}
