import { expect, test } from 'vitest'
import type { TrackEdit } from '../schema/track-edits'
import { editFinder, unusedEdits } from './match-edits'

const edit = (path: string): TrackEdit => ({ path, track: 1, offsetMs: 5 })

test('an edit means the file of its path, or the only one that is the same from another folder on', () => {
  const edits = [edit('clips/a.mp4'), edit('b.mp4'), edit('one/c.mp4')]
  const find = editFinder(edits, ['a.mp4', 'clips/b.mp4', 'two/c.mp4'])
  expect(find({ path: 'a.mp4', track: 1 })).toBe(edits[0])
  expect(find({ path: 'clips/b.mp4', track: 1 })).toBe(edits[1])
  expect(find({ path: 'two/c.mp4', track: 1 })).toBeUndefined()
  expect(find({ path: 'a.mp4', track: 2 })).toBeUndefined()
  expect(editFinder([edit('b.mp4')], ['x/b.mp4', 'y/b.mp4'])({ path: 'x/b.mp4', track: 1 })).toBeUndefined()
})

test('edits without a soundtrack are told by file', () => {
  const [used, lost] = [edit('a.mp4'), edit('b.mp4')]
  const [message, ...more] = unusedEdits([used, lost, { ...lost, track: 4 }], new Set([used]))
  expect(message?.file).toBe('b.mp4')
  expect(message?.message).toContain('track 1, 4 in b.mp4')
  expect(more).toEqual([])
})
