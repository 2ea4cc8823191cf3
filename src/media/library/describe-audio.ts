/** What mediabunny says about a soundtrack, in the terms of our readers. */
import type { AudioCodec, InputAudioTrack } from 'mediabunny'
import { parseAacConfig } from '../aac-config'
import type { AudioCoding, PcmFormat } from '../demuxed'

export interface DescribedAudio {
  readonly codec: string
  readonly coding: AudioCoding
  readonly channels: number
  readonly sampleRate: number
}

/** `pcm-s16be`, `ulaw` and the like; null for what is compressed. */
function pcmFormat(codec: AudioCodec): PcmFormat | null {
  if (codec === 'ulaw' || codec === 'alaw')
    return { encoding: codec, bytesPerSample: 1, littleEndian: true, unsigned: false }
  const parts = /^pcm-([usf])(8|16|24|32|64)(be)?$/.exec(codec)
  if (!parts) return null
  const bytes = Number(parts[2]) / 8
  if (bytes !== 1 && bytes !== 2 && bytes !== 3 && bytes !== 4 && bytes !== 8) return null
  return {
    encoding: parts[1] === 'f' ? 'float' : 'int',
    bytesPerSample: bytes,
    littleEndian: parts[3] !== 'be',
    unsigned: parts[1] === 'u',
  }
}

const bytesOf = (source: AllowSharedBufferSource | undefined): Uint8Array<ArrayBuffer> | null => {
  if (!source) return null
  const view = ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source)
  return Uint8Array.from(view)
}

/** A decoder of ours trims nothing: where sound begins is the container's matter. */
function withoutPreSkip(head: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const copy = head.slice()
  copy.fill(0, 10, 12)
  return copy
}

/** @returns null for a codec without a name. */
export async function describeAudio(track: InputAudioTrack): Promise<DescribedAudio | null> {
  const name = await track.getCodec()
  const config = await track.getDecoderConfig()
  if (!name || !config) return null
  let { numberOfChannels: channels, sampleRate } = config
  const pcm = pcmFormat(name)
  if (pcm) return { codec: name, coding: { kind: 'pcm', format: pcm }, channels, sampleRate }
  let description = bytesOf(config.description)
  const decoder = (preRollS: number): DescribedAudio => ({
    codec: config.codec,
    coding: {
      kind: 'webcodecs',
      config: {
        codec: config.codec,
        numberOfChannels: channels,
        sampleRate,
        ...(description && { description }),
      },
      preRollS,
    },
    channels,
    sampleRate,
  })
  switch (name) {
    case 'aac': {
      const aac = description && parseAacConfig(description)
      if (aac) {
        channels = aac.channels
        sampleRate = aac.sampleRate
      }
      return decoder(0.2)
    }
    case 'opus':
      sampleRate = 48_000
      if (description && description.length >= 19) description = withoutPreSkip(description)
      return decoder(0.2)
    case 'mp3':
      return decoder(0.4)
    case 'vorbis':
      return decoder(0.2)
    case 'flac':
      return decoder(0)
    case 'ac3':
    case 'eac3':
    case 'dts':
      return { codec: config.codec, coding: { kind: 'library', name, preRollS: 0.1 }, channels, sampleRate }
    default:
      return null
  }
}
