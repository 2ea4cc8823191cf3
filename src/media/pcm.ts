/** Uncompressed samples of MOV and MP4 to float32, [-1, 1). */
import type { PcmFormat } from './demuxed'

/** ITU-T G.711 mu-law and A-law, expanded to 16 bits. */
function muLaw(byte: number): number {
  const inverted = ~byte & 0xff
  const magnitude = (((inverted & 15) << 3) + 0x84) << ((inverted >> 4) & 7)
  return inverted & 0x80 ? 0x84 - magnitude : magnitude - 0x84
}

function aLaw(byte: number): number {
  const toggled = byte ^ 0x55
  const exponent = (toggled >> 4) & 7
  const mantissa = ((toggled & 15) << 4) + (exponent === 0 ? 8 : 0x108)
  const magnitude = exponent > 1 ? mantissa << (exponent - 1) : mantissa
  return toggled & 0x80 ? magnitude : -magnitude
}

function sampleReader(view: DataView, format: PcmFormat): (position: number) => number {
  const little = format.littleEndian
  if (format.encoding === 'ulaw') return (at) => muLaw(view.getUint8(at)) / 32768
  if (format.encoding === 'alaw') return (at) => aLaw(view.getUint8(at)) / 32768
  if (format.encoding === 'float')
    return format.bytesPerSample === 8 ? (at) => view.getFloat64(at, little) : (at) => view.getFloat32(at, little)
  switch (format.bytesPerSample) {
    case 1:
      return format.unsigned ? (at) => (view.getUint8(at) - 128) / 128 : (at) => view.getInt8(at) / 128
    case 2:
      return (at) => view.getInt16(at, little) / 32768
    case 3:
      return (at) => {
        const [low, high] = little ? [at, at + 2] : [at + 2, at]
        return ((view.getInt8(high) << 16) | (view.getUint8(at + 1) << 8) | view.getUint8(low)) / 8388608
      }
    default:
      return (at) => view.getInt32(at, little) / 2147483648
  }
}

/** @returns one array per channel; a partial moment of sound at the end is dropped. */
export function decodePcm(bytes: Uint8Array, format: PcmFormat, channels: number): Float32Array<ArrayBuffer>[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const read = sampleReader(view, format)
  const frames = Math.floor(bytes.length / (format.bytesPerSample * channels))
  return Array.from({ length: channels }, (_, channel) => {
    const samples = new Float32Array(frames)
    for (let i = 0; i < frames; i++) samples[i] = read((i * channels + channel) * format.bytesPerSample)
    return samples
  })
}
