import { expect, test } from 'vitest'
import { emptyPool, mediaState, missingMessage, withFiles } from './media'

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
  const { files, renamed } = mediaState(corpus('a.mp4'), pool)
  expect(files).toEqual([{ path: 'a.mp4', file }])
  expect(renamed).toEqual([{ path: 'a.mp4', from: 'copy.mp4' }])
})

test('a file in another folder, and one of two copies, are not said to be renamed', () => {
  const file = new File(['aaa'], 'a.mp4')
  const given = (path: string) => ({ path, file, reference: reference(path, 'same') })
  const pool = withFiles(emptyPool, [given('new place/a.mp4'), given('b.mp4')])
  const cell = { ...corpus(), media: [reference('old/a.mp4', 'same'), reference('b.mp4', 'same')] }
  expect(mediaState(cell, pool)).toMatchObject({ missing: [], renamed: [] })
})
