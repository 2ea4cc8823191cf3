/** Picture sample entries (ISO/IEC 14496-12, 12.1.3): decoder configuration, size as displayed, rotation and colour. */
import type { SampleEntry } from 'mp4box'
import { h264Colour, matrixOf } from '../h264-colour'
import type { Colour, Rotation } from '../types'
import { childOf, type TrackHeader } from './boxes'

export interface VideoEntry {
  readonly codec: string
  readonly config: VideoDecoderConfig
  readonly displayWidth: number
  readonly displayHeight: number
  readonly rotation: Rotation
  readonly colour: Colour
}

/** Bytes of a picture sample entry before the boxes inside. */
const headerBytes = 86
/** Boxes whose contents a decoder is configured with, in WebCodecs' registry. VP9 and AV1 carry theirs in the stream. */
const configurationBoxes = ['avcC', 'hvcC', 'vvcC', 'lvcC']

/** Clockwise turn of a track matrix [a b u c d v x y w], 16.16; anything but quarter turns counts as none. */
function rotationOf(matrix: ArrayLike<number>): Rotation {
  const [a = 0, b = 0, c = 0, d = 0] = [0, 1, 3, 4].map((i) => Math.sign((matrix[i] ?? 0) | 0))
  if (a === 0 && b > 0 && c < 0 && d === 0) return 90
  if (a < 0 && b === 0 && c === 0 && d < 0) return 180
  return a === 0 && b < 0 && c > 0 && d === 0 ? 270 : 0
}

function colourOf(entry: Uint8Array<ArrayBuffer>): Colour {
  let matrix: Colour['matrix'] | null = null
  let fullRange = false
  const colr = childOf(entry, headerBytes, 'colr')
  const kind = colr ? String.fromCharCode(...colr.subarray(0, 4)) : ''
  if (colr && (kind === 'nclx' || kind === 'nclc')) {
    matrix = matrixOf(((colr[8] ?? 0) << 8) | (colr[9] ?? 0))
    fullRange = kind === 'nclx' && ((colr[10] ?? 0) & 0x80) !== 0
  }
  const vpcC = childOf(entry, headerBytes, 'vpcC')
  if (vpcC && !colr) {
    fullRange = ((vpcC[6] ?? 0) & 1) === 1
    matrix = matrixOf(vpcC[9] ?? 2)
  }
  // The stream itself has the last word, as in ffmpeg.
  const avcC = childOf(entry, headerBytes, 'avcC')
  if (avcC && ((avcC[5] ?? 0) & 31) > 0) {
    const length = ((avcC[6] ?? 0) << 8) | (avcC[7] ?? 0)
    const stream = h264Colour(avcC.subarray(8, 8 + length))
    if (stream) {
      fullRange = stream.fullRange
      matrix = stream.matrix ?? matrix
    }
  }
  return { matrix: matrix ?? 'bt601', fullRange }
}

/** Pixel aspect from `pasp`, otherwise from the track header's size, which older files stretch instead. */
function displaySize(
  entry: Uint8Array<ArrayBuffer>,
  header: TrackHeader,
  width: number,
  height: number,
): [number, number] {
  const pasp = childOf(entry, headerBytes, 'pasp')
  if (pasp && pasp.length >= 8) {
    const view = new DataView(pasp.buffer, pasp.byteOffset, pasp.byteLength)
    const [horizontal, vertical] = [view.getUint32(0), view.getUint32(4)]
    if (horizontal > 0 && vertical > 0) return [Math.round((width * horizontal) / vertical), height]
  }
  const [trackWidth, trackHeight] = [header.width / 65536, header.height / 65536]
  if (trackWidth > 0 && trackHeight > 0) return [Math.round((height * trackWidth) / trackHeight), height]
  return [width, height]
}

/** @throws when the entry is shorter than its kind demands. */
export function readVideoEntry(parsed: SampleEntry, entry: Uint8Array<ArrayBuffer>, header: TrackHeader): VideoEntry {
  if (entry.length < headerBytes) throw new Error('its picture description is cut off')
  const view = new DataView(entry.buffer, entry.byteOffset, entry.byteLength)
  const [width, height] = [view.getUint16(32), view.getUint16(34)]
  const codec = parsed.getCodec()
  const config: VideoDecoderConfig = { codec, codedWidth: width, codedHeight: height }
  for (const type of configurationBoxes) {
    const configuration = childOf(entry, headerBytes, type)
    if (configuration) config.description = configuration.slice()
  }
  const rotation = rotationOf(header.matrix)
  const [across, down] = displaySize(entry, header, width, height)
  const turned = rotation === 90 || rotation === 270
  return {
    codec,
    config,
    displayWidth: turned ? down : across,
    displayHeight: turned ? across : down,
    rotation,
    colour: colourOf(entry),
  }
}

/**
 * Whether an H.264 track's packet holds an instantaneous refresh, whatever the index says of it; false for other codecs.
 * @param packet NAL units with their lengths before them (ISO/IEC 14496-15, 5.3.3); it may be cut off.
 */
export function beginsWithIdr({ codec, config }: VideoEntry, packet: Uint8Array): boolean {
  const description = config.description
  if (!codec.startsWith('avc') || !(description instanceof Uint8Array)) return false
  const lengthBytes = ((description[4] ?? 0) & 3) + 1
  for (let at = 0; at + lengthBytes < packet.length; ) {
    let length = 0
    for (let i = 0; i < lengthBytes; i++) length = length * 256 + (packet[at + i] ?? 0)
    const type = (packet[at + lengthBytes] ?? 0) & 31
    if (type >= 1 && type <= 5) return type === 5
    at += lengthBytes + length
  }
  return false
}
