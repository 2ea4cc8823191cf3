/**
 * Sound sample entries (ISO/IEC 14496-12, 12.2.3; QuickTime sound descriptions 1 and 2): what the track is coded in, and how
 * WebCodecs is to be told.
 */
import { parseAacConfig } from '../aac-config'
import { BitReader } from '../bit-reader'
import type { AudioCoding, PcmFormat } from '../demuxed'
import { childOf } from './boxes'

export interface AudioEntry {
  readonly codec: string
  readonly coding: AudioCoding
  readonly channels: number
  readonly sampleRate: number
  /** Bytes of one moment of uncompressed sound; 0 when compressed. */
  readonly frameBytes: number
}

interface Description {
  readonly type: string
  readonly channels: number
  readonly bits: number
  readonly sampleRate: number
  /** Bytes before the boxes inside. */
  readonly headerBytes: number
  /** `formatSpecificFlags` of a version 2 description. */
  readonly flags: number
}

/** @param quickTime whether versions 1 and 2 mean QuickTime's longer descriptions. */
function soundDescription(entry: Uint8Array, quickTime: boolean): Description {
  const view = new DataView(entry.buffer, entry.byteOffset, entry.byteLength)
  const type = String.fromCharCode(...entry.subarray(4, 8))
  const version = quickTime && entry.length >= 72 ? view.getUint16(16) : quickTime && view.getUint16(16) === 1 ? 1 : 0
  if (version === 2)
    return {
      type,
      sampleRate: view.getFloat64(40),
      channels: view.getUint32(48),
      bits: view.getUint32(56),
      flags: view.getUint32(60),
      headerBytes: 72,
    }
  const headerBytes = version === 1 ? 52 : 36
  return {
    type,
    channels: view.getUint16(24),
    bits: view.getUint16(26),
    sampleRate: view.getUint32(32) / 65536,
    flags: 0,
    headerBytes,
  }
}

function pcmFormat(entry: Uint8Array<ArrayBuffer>, { type, bits, flags, headerBytes }: Description): PcmFormat | null {
  const int = (bytesPerSample: PcmFormat['bytesPerSample'], littleEndian: boolean, unsigned = false): PcmFormat => ({
    encoding: 'int',
    bytesPerSample,
    littleEndian,
    unsigned,
  })
  const float = (bytesPerSample: 4 | 8, littleEndian: boolean): PcmFormat => ({
    encoding: 'float',
    bytesPerSample,
    littleEndian,
    unsigned: false,
  })
  const wide = (size: number): PcmFormat['bytesPerSample'] => (size <= 8 ? 1 : size <= 16 ? 2 : size <= 24 ? 3 : 4)
  // QuickTime writes 1 into `enda` (inside `wave`) for little endian; ISO's `pcmC` holds flags and a size.
  const enda = childOf(entry, headerBytes, 'enda')?.[1] === 1
  const pcmC = childOf(entry, headerBytes, 'pcmC')
  const isoLittle = ((pcmC?.[4] ?? 0) & 1) === 1
  const isoBits = pcmC?.[5] ?? bits
  switch (type) {
    case 'raw ':
      return int(1, true, true)
    case 'sowt':
      return int(wide(bits), true)
    case 'twos':
      return int(wide(bits), false)
    case 'in24':
      return int(3, enda)
    case 'in32':
      return int(4, enda)
    case 'fl32':
      return float(4, enda)
    case 'fl64':
      return float(8, enda)
    case 'ipcm':
      return int(wide(isoBits), isoLittle)
    case 'fpcm':
      return float(isoBits === 64 ? 8 : 4, isoLittle)
    case 'lpcm':
      // Core Audio's flags: 1 float, 2 big endian, 4 signed.
      return flags & 1
        ? float(bits === 64 ? 8 : 4, !(flags & 2))
        : int(wide(bits), !(flags & 2), bits === 8 && !(flags & 4))
    case 'ulaw':
    case 'alaw':
      return { encoding: type, bytesPerSample: 1, littleEndian: true, unsigned: false }
    default:
      return null
  }
}

/** Object type and decoder configuration from an `esds` box (ISO/IEC 14496-1, 7.2.6). */
function elementaryStream(esds: Uint8Array<ArrayBuffer>): {
  objectType: number
  config: Uint8Array<ArrayBuffer> | null
} {
  let at = 4
  const descriptor = (): { tag: number; end: number } => {
    const tag = esds[at++] ?? 0
    let size = 0
    for (let byte = 0x80; byte & 0x80 && at < esds.length; ) {
      byte = esds[at++] ?? 0
      size = size * 128 + (byte & 0x7f)
    }
    return { tag, end: Math.min(at + size, esds.length) }
  }
  const stream = descriptor()
  if (stream.tag !== 3) return { objectType: 0, config: null }
  const flags = esds[at + 2] ?? 0
  at += 3
  if (flags & 0x80) at += 2
  if (flags & 0x40) at += 1 + (esds[at] ?? 0)
  if (flags & 0x20) at += 2
  const decoder = descriptor()
  if (decoder.tag !== 4) return { objectType: 0, config: null }
  const objectType = esds[at] ?? 0
  at += 13
  if (at >= decoder.end) return { objectType, config: null }
  const specific = descriptor()
  return { objectType, config: specific.tag === 5 ? esds.slice(at, specific.end) : null }
}

/** Identification header of Ogg Opus (RFC 7845, 5.1) from `dOps`; pre-skip 0, because the edit list already removes it. */
function opusHead(dOps: Uint8Array): Uint8Array<ArrayBuffer> {
  const view = new DataView(dOps.buffer, dOps.byteOffset, dOps.byteLength)
  const head = new Uint8Array(8 + dOps.length)
  head.set(new TextEncoder().encode('OpusHead'))
  const out = new DataView(head.buffer)
  out.setUint8(8, 1)
  out.setUint8(9, view.getUint8(1))
  out.setUint32(12, view.getUint32(4), true)
  out.setInt16(16, view.getInt16(8), true)
  head.set(dOps.subarray(10), 18)
  return head
}

/** Channels of AC-3 and E-AC-3 by audio coding mode, without the low-frequency one (ETSI TS 102 366, 4.4.2.3). */
const dolbyChannels = [2, 1, 2, 3, 3, 4, 4, 5]

function dolbyChannelsOf(entry: Uint8Array<ArrayBuffer>, headerBytes: number): number | null {
  const box = childOf(entry, headerBytes, 'dac3') ?? childOf(entry, headerBytes, 'dec3')
  if (!box) return null
  const bits = new BitReader(box)
  // Before the mode: rate, identification and service in `dac3`; the data rate and the first substream's in `dec3`.
  bits.bits(box.length === 3 ? 2 + 5 + 3 : 13 + 3 + 2 + 5 + 2 + 3)
  return (dolbyChannels[bits.bits(3)] ?? 0) + bits.bits(1)
}

/** Codings that browsers leave out. */
function libraryCoding(codec: string): AudioCoding | null {
  if (codec === 'ac-3') return { kind: 'library', name: 'ac3', preRollS: 0.1 }
  if (codec === 'ec-3') return { kind: 'library', name: 'eac3', preRollS: 0.1 }
  return /^dts[cehl]$/.test(codec) ? { kind: 'library', name: 'dts', preRollS: 0.1 } : null
}

/** Object types (MP4 registration authority) of what has entries of its own as well. */
const namedObjects: Readonly<Record<number, string>> = { 165: 'ac-3', 166: 'ec-3', 169: 'dtsc' }

/** @throws when the entry is shorter than its kind demands. */
export function readAudioEntry(entry: Uint8Array<ArrayBuffer>, quickTime: boolean): AudioEntry {
  if (entry.length < 36) throw new Error('its sound description is cut off')
  const description = soundDescription(entry, quickTime)
  const { type, headerBytes } = description
  let { channels, sampleRate } = description
  const pcm = pcmFormat(entry, description)
  if (pcm) {
    const coding = { kind: 'pcm', format: pcm } as const
    return { codec: type.trim(), coding, channels, sampleRate, frameBytes: pcm.bytesPerSample * channels }
  }
  let codec = type.toLowerCase()
  let configuration: Uint8Array<ArrayBuffer> | undefined
  let preRollS = 0.2
  if (type === 'mp4a') {
    const esds = childOf(entry, headerBytes, 'esds')
    const { objectType, config } = esds ? elementaryStream(esds) : { objectType: 0, config: null }
    const aac = config && parseAacConfig(config)
    if (objectType === 0x69 || objectType === 0x6b) {
      codec = 'mp3'
      preRollS = 0.4
    } else if (namedObjects[objectType]) {
      codec = namedObjects[objectType]
    } else if (config && aac) {
      codec = `mp4a.${objectType.toString(16)}.${aac.objectType}`
      channels = aac.channels
      sampleRate = aac.sampleRate
      configuration = config
    }
  } else if (type === 'Opus') {
    const dOps = childOf(entry, headerBytes, 'dOps')
    sampleRate = 48_000
    if (dOps && dOps.length >= 11) {
      channels = dOps[1] ?? channels
      configuration = opusHead(dOps)
    }
  } else if (type === 'fLaC') {
    const dfLa = childOf(entry, headerBytes, 'dfLa')
    // The native stream's start: its marker and metadata blocks.
    if (dfLa) configuration = Uint8Array.from([0x66, 0x4c, 0x61, 0x43, ...dfLa.subarray(4)])
    // The entry has 16 bits for it, which 96 kHz do not fit into; the stream information says it behind 14 bytes.
    if (dfLa && dfLa.length >= 8 + 18) sampleRate = new BitReader(dfLa.subarray(8 + 10)).bits(20)
    preRollS = 0
  }
  if (type === 'ac-3' || type === 'ec-3') channels = dolbyChannelsOf(entry, headerBytes) ?? channels
  const library = libraryCoding(codec)
  if (library) return { codec, coding: library, channels, sampleRate, frameBytes: 0 }
  const config: AudioDecoderConfig = { codec, numberOfChannels: channels, sampleRate }
  if (configuration) config.description = configuration
  return { codec, coding: { kind: 'webcodecs', config, preRollS }, channels, sampleRate, frameBytes: 0 }
}
