import { expect, test } from 'vitest'
import { emptyPool, joinReferences, mediaState, missingMessage, withFiles } from './media'

const reference = (path: string, contentHash = path) => ({ path, size: 3, contentHash })
const corpus = (...paths: string[]) => ({
  id: 'corpus',
  kind: 'corpus' as const,
  settings: {},
  inputs: [],
  media: paths.map((path) => reference(path)),
})

test('a file that was not given again is missing by name', () => {
  const pool = withFiles(emptyPool, [
    { path: 'a.mp4', file: new File(['aaa'], 'a.mp4'), reference: reference('a.mp4') },
  ])
  const state = mediaState(corpus('a.mp4', 'b.mp4'), pool)
  expect(state.files.map(({ path }) => path)).toEqual(['a.mp4'])
  expect(state.missing.map(({ path }) => path)).toEqual(['b.mp4'])
  expect(missingMessage(state.missing)).toMatch(/^b\.mp4 is not here/)
})

test('a file is recognised by its content under another name, and keeps the notebook’s name', () => {
  const file = new File(['aaa'], 'copy.mp4')
  const pool = withFiles(emptyPool, [{ path: 'copy.mp4', file, reference: reference('copy.mp4', 'a.mp4') }])
  expect(mediaState(corpus('a.mp4'), pool).files).toEqual([{ path: 'a.mp4', file }])
})

test('the same content is not taken twice, and a new version replaces the old one of its path', () => {
  const present = [reference('a.mp4'), reference('b.mp4')]
  expect(joinReferences(present, [reference('copy.mp4', 'a.mp4')])).toEqual(present)
  expect(joinReferences(present, [reference('a.mp4', 'new')])).toEqual([reference('b.mp4'), reference('a.mp4', 'new')])
})
