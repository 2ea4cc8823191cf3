import { expect, test } from 'vitest'
import { recogniseContainer, unreadableMessage } from './container-kind'

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0))

test('MP4 and MOV are recognised by their first box', () => {
  for (const type of ['ftyp', 'moov', 'mdat', 'wide'])
    expect(recogniseContainer(bytes(`\0\0\0\x20${type}isom`))).toEqual({ kind: 'isobmff' })
})

test('a known container is named, with the command that remuxes it', () => {
  const webm = '\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm'
  expect(unreadableMessage('films/a.webm', bytes(webm))).toBe(
    'a.webm: this is WebM; only MP4 and MOV are read. ' +
      'This copies its tracks without loss: ffmpeg -i a.webm -map 0 -c copy a.mp4',
  )
  expect(unreadableMessage('a.mkv', bytes('\x1a\x45\xdf\xa3\xa3'))).toContain('ffmpeg -i a.mkv')
  expect(unreadableMessage('a.avi', bytes('RIFF\0\0\0\0AVI LIST'))).toContain('this is AVI;')
})

test('anything else is quoted', () => {
  expect(unreadableMessage('notes.txt', bytes('Hello\nthere, reader'))).toBe(
    'notes.txt: this is no MP4 or MOV file (it starts with "Hello.there,"). Drop a video file.',
  )
  expect(unreadableMessage('x.mp4', bytes(''))).toBe('x.mp4: the file is empty.')
})
