/**
 * AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1): what an AAC track really is. The sample entry around it often says 2
 * channels whatever is inside.
 */
import { BitReader } from './bit-reader'

export interface AacConfig {
  readonly objectType: number
  /** Of what the decoder puts out: twice the core's with spectral band replication. */
  readonly sampleRate: number
  readonly channels: number
  /** Samples a packet decodes to; 0 where only the container knows. */
  readonly packetFrames: number
}

const rates = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350]
/** Speakers by channelConfiguration; 0 means a program config element follows. */
const speakers = [0, 1, 2, 3, 4, 5, 6, 8, 0, 0, 0, 7, 8, 24, 8]
const spectralBandReplication = 5
const parametricStereo = 29
/** Main, LC, SSR, LTP: their frames have 1024 samples (960 by a flag). */
const generalAudio = new Set([1, 2, 3, 4])

function objectType(reader: BitReader): number {
  const type = reader.bits(5)
  return type === 31 ? 32 + reader.bits(6) : type
}

function sampleRate(reader: BitReader): number {
  const index = reader.bits(4)
  return index === 15 ? reader.bits(24) : (rates[index] ?? 0)
}

/** Channels listed by a program config element (4.4.1.1): each element is one speaker or a pair. */
function programChannels(reader: BitReader): number {
  reader.bits(4 + 2 + 4)
  const [front, side, back, lowFrequency] = [reader.bits(4), reader.bits(4), reader.bits(4), reader.bits(2)]
  reader.bits(3 + 4)
  if (reader.flag()) reader.bits(4)
  if (reader.flag()) reader.bits(4)
  if (reader.flag()) reader.bits(3)
  let channels = lowFrequency
  for (let i = 0; i < front + side + back; i++) {
    channels += reader.flag() ? 2 : 1
    reader.bits(4)
  }
  return channels
}

/** @returns null when the bytes make no sense as a configuration. */
export function parseAacConfig(bytes: Uint8Array): AacConfig | null {
  const reader = new BitReader(bytes)
  let type = objectType(reader)
  let rate = sampleRate(reader)
  const coreRate = rate
  const configuration = reader.bits(4)
  let pair = type === parametricStereo
  if (type === spectralBandReplication || type === parametricStereo) {
    rate = sampleRate(reader)
    type = objectType(reader)
  }
  let channels = speakers[configuration] ?? 0
  // GASpecificConfig: frame length, core coder delay, extension.
  const shortFrames = reader.flag()
  if (configuration === 0) {
    if (reader.flag()) reader.bits(14)
    reader.bits(1)
    channels = programChannels(reader)
  } else if (reader.bitsLeft >= 2 + 16) {
    reader.bits(2)
    // Backward-compatible signalling: a sync word after the core's configuration.
    if (reader.bits(11) === 0x2b7 && objectType(reader) === spectralBandReplication && reader.flag()) {
      rate = sampleRate(reader)
      if (reader.bitsLeft >= 12 && reader.bits(11) === 0x548) pair = reader.flag()
    }
  }
  if (pair && channels === 1) channels = 2
  if (rate <= 0 || channels <= 0) return null
  const frames = (shortFrames ? 960 : 1024) * Math.round(rate / coreRate)
  return { objectType: type, sampleRate: rate, channels, packetFrames: generalAudio.has(type) ? frames : 0 }
}
