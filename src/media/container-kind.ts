/** Which container a file is, by its first bytes and never by its name, and what to say about those not read yet. */

const ascii = (bytes: Uint8Array, from: number, to: number): string =>
  String.fromCharCode(...bytes.subarray(from, Math.min(to, bytes.length)))

const isoTypes = new Set(['ftyp', 'moov', 'mdat', 'wide', 'free', 'skip', 'pnot', 'moof', 'styp'])

/** A container that has a name; `isobmff` is MP4 and MOV. */
type Recognised = { readonly kind: 'isobmff' } | { readonly kind: 'other'; readonly name: string }

/** @param head the first bytes of the file, 4 KiB are enough. Null: nothing known. */
export function recogniseContainer(head: Uint8Array): Recognised | null {
  const other = (name: string): Recognised => ({ kind: 'other', name })
  const start = ascii(head, 0, 4)
  if (isoTypes.has(ascii(head, 4, 8))) return { kind: 'isobmff' }
  if (start === '\x1a\x45\xdf\xa3') return other(ascii(head, 0, 64).includes('webm') ? 'WebM' : 'Matroska')
  if (start === 'RIFF') return other(ascii(head, 8, 11) === 'AVI' ? 'AVI' : 'WAV')
  if (start === 'OggS') return other('Ogg')
  if (start === 'fLaC') return other('FLAC')
  if (start.startsWith('FLV')) return other('Flash video')
  if (start.startsWith('ID3')) return other('MP3')
  if (start === '\x30\x26\xb2\x75') return other('Windows Media')
  if (start === '\x00\x00\x01\xba') return other('MPEG program stream')
  if (head[0] === 0x47 && head[188] === 0x47 && head[376] === 0x47) return other('MPEG transport stream')
  return null
}

const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** What to say about a file that is no MP4 or MOV: what it is, or how it begins, and the way out. */
export function unreadableMessage(path: string, head: Uint8Array): string {
  const name = fileName(path)
  const recognised = recogniseContainer(head)
  if (recognised?.kind === 'other') {
    const target = `${name.replace(/\.[^.]*$/, '')}.mp4`
    return (
      `${name}: this is ${recognised.name}; only MP4 and MOV are read. ` +
      `This copies its tracks without loss: ffmpeg -i ${name} -map 0 -c copy ${target}`
    )
  }
  if (head.length === 0) return `${name}: the file is empty.`
  const beginning = ascii(head, 0, 12).replace(/[^\x20-\x7e]/g, '.')
  return `${name}: this is no MP4 or MOV file (it starts with "${beginning}"). Drop a video file.`
}
