/** Writes a WAV file of float32 samples piece by piece; a file over 4 GiB becomes RF64 (EBU Tech 3306). */
import { closeSync, openSync, writeSync } from 'node:fs'

const float = 3
/** Room for the sizes that RF64 needs; a smaller file fills it with nothing. */
const sizesBytes = 28
const headerBytes = 12 + 8 + sizesBytes + 8 + 18 + 12 + 8

/** @param frames samples per channel */
function header(sampleRate, channels, frames) {
  const dataBytes = frames * channels * 4
  const isLarge = headerBytes + dataBytes > 0xffff_ffff
  const bytes = Buffer.alloc(headerBytes)
  const fileBytes = headerBytes - 8 + dataBytes
  bytes.write(isLarge ? 'RF64' : 'RIFF', 0)
  bytes.writeUInt32LE(isLarge ? 0xffff_ffff : fileBytes, 4)
  bytes.write(isLarge ? 'WAVEds64' : 'WAVEJUNK', 8)
  bytes.writeUInt32LE(sizesBytes, 16)
  if (isLarge)
    for (const [i, size] of [fileBytes, dataBytes, frames].entries()) bytes.writeBigUInt64LE(BigInt(size), 20 + 8 * i)
  let at = 20 + sizesBytes
  bytes.write('fmt ', at)
  bytes.writeUInt32LE(18, at + 4)
  bytes.writeUInt16LE(float, at + 8)
  bytes.writeUInt16LE(channels, at + 10)
  bytes.writeUInt32LE(sampleRate, at + 12)
  bytes.writeUInt32LE(sampleRate * channels * 4, at + 16)
  bytes.writeUInt16LE(channels * 4, at + 20)
  bytes.writeUInt16LE(32, at + 22)
  at += 26
  bytes.write('fact', at)
  bytes.writeUInt32LE(4, at + 4)
  bytes.writeUInt32LE(Math.min(frames, 0xffff_ffff), at + 8)
  at += 12
  bytes.write('data', at)
  bytes.writeUInt32LE(isLarge ? 0xffff_ffff : dataBytes, at + 4)
  return bytes
}

/** `add` takes interleaved little-endian float32; `finish` writes the header that fits what was added. */
export function createWav(path) {
  const file = openSync(path, 'w')
  writeSync(file, Buffer.alloc(headerBytes))
  let bytes = 0
  return {
    add(piece) {
      writeSync(file, piece)
      bytes += piece.length
    },
    finish(sampleRate, channels) {
      writeSync(file, header(sampleRate, channels, bytes / channels / 4), 0, headerBytes, 0)
      closeSync(file)
    },
  }
}
