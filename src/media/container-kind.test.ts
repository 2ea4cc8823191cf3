import { expect, test } from 'vitest'
import { recogniseContainer, unreadableMessage } from './container-kind'

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0))

test('MP4 and MOV are recognised by their first box', () => {
  for (const type of ['ftyp', 'moov', 'mdat', 'wide'])
    expect(recogniseContainer(bytes(`\0\0\0\x20${type}isom`))).toEqual({ kind: 'isobmff' })
})

test('everything else that is read is recognised by how it begins', () => {
  const packets = (length: number, first: number): Uint8Array => {
    const stream = new Uint8Array(4 * length)
    for (let at = first; at < stream.length; at += length) stream[at] = 0x47
    return stream
  }
  const kinds: [string, Uint8Array][] = [
    ['matroska', bytes('\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm')],
    ['wav', bytes('RIFF\0\0\0\0WAVEfmt ')],
    ['ogg', bytes('OggS\0\x02')],
    ['flac', bytes('fLaC\0\0')],
    ['mp3', bytes('ID3\x04\0')],
    ['mp3', bytes('\xff\xfb\x90\x44')],
    ['mp3', bytes('\xff\xf3\x90\x44')],
    ['adts', bytes('\xff\xf1\x50\x80')],
    ['mpeg-ts', packets(188, 0)],
    ['mpeg-ts', packets(192, 4)],
  ]
  for (const [kind, head] of kinds) expect(recogniseContainer(head)).toEqual({ kind })
})

test('a container that is not read is named, with the command that remuxes it', () => {
  expect(unreadableMessage('films/in.avi', bytes('RIFF\0\0\0\0AVI LIST'))).toBe(
    'in.avi: this is AVI, which is not read. ' +
      'This copies its tracks without loss: ffmpeg -i in.avi -map 0 -c copy in.mkv. ' +
      'A track that is not decodable even so has to be encoded again: -c:v libx264 -c:a flac in place of -c copy.',
  )
  expect(unreadableMessage("It's a film.wmv", bytes('\x30\x26\xb2\x75\x8e\x66'))).toContain(
    "ffmpeg -i 'It'\\''s a film.wmv' -map 0 -c copy 'It'\\''s a film.mkv'",
  )
  for (const head of [
    'FLV\x01',
    '.RMF\0',
    '\0\0\x01\xba\x44',
    '\x06\x0e\x2b\x34',
    'caff\0',
    '\x0b\x77\0\0',
    '\xff\xfd\x94\x04',
  ])
    expect(unreadableMessage('x.y', bytes(head))).toMatch(/^x\.y: this is .*ffmpeg -i x\.y/)
})

test('anything else is quoted', () => {
  expect(unreadableMessage('notes.txt', bytes('Hello\nthere, reader'))).toMatch(
    /^notes\.txt: this is neither video nor sound \(it starts with "Hello\.there,"\)\. Drop MP4/,
  )
  expect(unreadableMessage('x.mp4', bytes(''))).toBe('x.mp4: the file is empty.')
})
