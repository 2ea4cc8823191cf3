/** RIFF WAVE, as the HEAR tasks come in: PCM of 8 to 32 bits and floating point, any number of channels. Bytes in, samples out. */

export interface Wav {
  readonly sampleRate: number
  /** One array per channel, full scale at -1 and 1. */
  readonly channels: readonly Float32Array[]
}

const pcm = 1
const float = 3
const extensible = 0xfffe

type ReadSample = (view: DataView, at: number) => number
const readers: Readonly<Record<string, ReadSample>> = {
  [`${pcm} 8`]: (view, at) => (view.getUint8(at) - 128) / 2 ** 7,
  [`${pcm} 16`]: (view, at) => view.getInt16(at, true) / 2 ** 15,
  [`${pcm} 24`]: (view, at) => (view.getInt8(at + 2) * 2 ** 16 + view.getUint16(at, true)) / 2 ** 23,
  [`${pcm} 32`]: (view, at) => view.getInt32(at, true) / 2 ** 31,
  [`${float} 32`]: (view, at) => view.getFloat32(at, true),
  [`${float} 64`]: (view, at) => view.getFloat64(at, true),
}

interface Format {
  readonly coding: number
  readonly channels: number
  readonly sampleRate: number
  readonly frameBytes: number
  readonly bits: number
}

function readFormat(chunk: DataView): Format {
  if (chunk.byteLength < 16) throw new Error('its format chunk is cut short')
  const coding = chunk.getUint16(0, true)
  return {
    // The extensible form carries the coding at the start of an identifier.
    coding: coding === extensible && chunk.byteLength >= 26 ? chunk.getUint16(24, true) : coding,
    channels: chunk.getUint16(2, true),
    sampleRate: chunk.getUint32(4, true),
    frameBytes: chunk.getUint16(12, true),
    bits: chunk.getUint16(14, true),
  }
}

/**
 * Samples of a WAV file. One that was cut off ends where its bytes end.
 * @throws saying why the bytes are none, without the file's name.
 */
export function readWav(bytes: ArrayBuffer): Wav {
  const view = new DataView(bytes)
  const text = (at: number) => (at + 4 > bytes.byteLength ? '' : String.fromCharCode(...new Uint8Array(bytes, at, 4)))
  if (text(0) !== 'RIFF' || text(8) !== 'WAVE') throw new Error('it is no WAV file')
  let format: Format | undefined
  for (let at = 12; at + 8 <= bytes.byteLength; ) {
    const length = Math.min(view.getUint32(at + 4, true), bytes.byteLength - at - 8)
    if (text(at) === 'fmt ') format = readFormat(new DataView(bytes, at + 8, length))
    else if (text(at) === 'data') {
      if (!format) throw new Error('its samples come before their format')
      return { sampleRate: format.sampleRate, channels: readSamples(new DataView(bytes, at + 8, length), format) }
    }
    // Chunks begin at even places.
    at += 8 + length + (length % 2)
  }
  throw new Error('it holds no samples')
}

function readSamples(data: DataView, { coding, channels, sampleRate, frameBytes, bits }: Format): Float32Array[] {
  const read = readers[`${coding} ${bits}`]
  if (!read) throw new Error(`its samples of ${bits} bits in coding ${coding} are neither PCM nor floating point`)
  if (channels === 0 || sampleRate === 0 || frameBytes !== (channels * bits) / 8)
    throw new Error('its format chunk contradicts itself')
  const frames = Math.floor(data.byteLength / frameBytes)
  return Array.from({ length: channels }, (_, channel) =>
    Float32Array.from({ length: frames }, (__, frame) => read(data, frame * frameBytes + (channel * bits) / 8)),
  )
}
