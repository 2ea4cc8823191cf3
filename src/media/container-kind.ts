/** Which container a file is, by its first bytes and never by its name, and what to say about those that are not read. */

const ascii = (bytes: Uint8Array, from: number, to: number): string =>
  String.fromCharCode(...bytes.subarray(from, Math.min(to, bytes.length)))

const isoTypes = new Set(['ftyp', 'moov', 'mdat', 'wide', 'free', 'skip', 'pnot', 'moof', 'styp'])

/** Containers that are read; `isobmff` is MP4 and MOV, `matroska` WebM too. */
export type ContainerKind = 'isobmff' | 'matroska' | 'wav' | 'mp3' | 'flac' | 'ogg' | 'adts' | 'mpeg-ts'

/** A container that has a name. */
type Recognised = { readonly kind: ContainerKind } | { readonly kind: 'other'; readonly name: string }

/** Beginnings of files that ffmpeg reads and we do not. */
const others: readonly (readonly [beginning: string, name: string])[] = [
  ['FLV', 'Flash video'],
  ['\x30\x26\xb2\x75', 'Windows Media'],
  ['\x00\x00\x01\xba', 'an MPEG program stream'],
  ['\x00\x00\x01\xb3', 'a bare MPEG video stream'],
  ['\x00\x00\x00\x01', 'a bare video stream'],
  ['.RMF', 'RealMedia'],
  ['\x06\x0e\x2b\x34', 'MXF'],
  ['caff', 'a Core Audio file'],
  ['FORM', 'AIFF'],
  ['MAC ', "Monkey's Audio"],
  ['wvpk', 'WavPack'],
  ['#!AMR', 'AMR'],
  ['\x0b\x77', 'a bare AC-3 stream'],
  ['\x7f\xfe\x80\x01', 'a bare DTS stream'],
  ['riff', 'Wave64'],
  ['.snd', 'Sun sound'],
  ['TTA1', 'True Audio'],
  ['DKIF', 'IVF'],
  ['YUV4MPEG', 'uncompressed video'],
  ['nut/mult', 'NUT'],
  ['GIF8', 'a GIF animation'],
]

/** Packets of 188 bytes, or of 192 with a time stamp before each, begin with the same byte. */
const isTransportStream = (head: Uint8Array): boolean =>
  [0, 4].some((first) => [0, 1, 2].every((n) => head[first + n * (188 + first)] === 0x47))

/** @param head the first bytes of the file, 4 KiB are enough. Null: nothing known. */
export function recogniseContainer(head: Uint8Array): Recognised | null {
  const start = ascii(head, 0, 4)
  if (isoTypes.has(ascii(head, 4, 8))) return { kind: 'isobmff' }
  if (start === '\x1a\x45\xdf\xa3') return { kind: 'matroska' }
  if (start === 'RIFF' || start === 'RF64' || start === 'RIFX') {
    const form = ascii(head, 8, 12)
    if (form === 'WAVE') return { kind: 'wav' }
    return { kind: 'other', name: form === 'AVI ' ? 'AVI' : `a RIFF file (${form.trim()})` }
  }
  if (start === 'OggS') return { kind: 'ogg' }
  if (start === 'fLaC') return { kind: 'flac' }
  if (start.startsWith('ID3')) return { kind: 'mp3' }
  if (isTransportStream(head)) return { kind: 'mpeg-ts' }
  for (const [beginning, name] of others) if (ascii(head, 0, 8).startsWith(beginning)) return { kind: 'other', name }
  // Frames of MPEG sound begin with 11 ones; layer 0 is ADTS, layer bits 01 are layer III.
  const [first, second = 0] = head
  if (first === 0xff && (second & 0xf6) === 0xf0) return { kind: 'adts' }
  if (first === 0xff && (second & 0xe6) === 0xe2) return { kind: 'mp3' }
  if (first === 0xff && (second & 0xe6) === 0xe4) return { kind: 'other', name: 'MPEG sound of layer II' }
  return null
}

const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
const quoted = (name: string): string => (/^[\w.-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`)

/** What to say about a file that is not read: what it is, or how it begins, and the way out. */
export function unreadableMessage(path: string, head: Uint8Array): string {
  const name = fileName(path)
  const recognised = recogniseContainer(head)
  if (recognised?.kind === 'other') {
    const target = `${name.replace(/\.[^.]*$/, '')}.mkv`
    return (
      `${name}: this is ${recognised.name}, which is not read. ` +
      `This copies its tracks without loss: ffmpeg -i ${quoted(name)} -map 0 -c copy ${quoted(target)}. ` +
      'A track that is not decodable even so has to be encoded again: -c:v libx264 -c:a flac in place of -c copy.'
    )
  }
  if (head.length === 0) return `${name}: the file is empty.`
  const beginning = ascii(head, 0, 12).replace(/[^\x20-\x7e]/g, '.')
  return (
    `${name}: this is neither video nor sound (it starts with "${beginning}"). ` +
    'Drop MP4, MOV, Matroska, WebM or transport stream files, or sound as WAV, MP3, FLAC, Ogg, M4A or AAC.'
  )
}
