import { expect, test } from 'vitest'
import { exchanged, matchDropped } from './match-dropped'
import type { IdentifiedFile } from './media'

const reference = (path: string, contentHash: string, size = 3) => ({ path, size, contentHash })
const dropped = (path: string, contentHash: string, size = 3): IdentifiedFile => ({
  path,
  file: new File(['aaa'], path),
  reference: reference(path, contentHash, size),
})

test('the same content is not taken twice, under whatever name', () => {
  const present = [reference('a.mp4', 'A'), reference('b.mp4', 'B')]
  const drop = [dropped('copy.mp4', 'A'), dropped('c.mp4', 'C')]
  expect(matchDropped(present, [], drop)).toEqual({ fresh: [reference('c.mp4', 'C')], others: [], completed: [] })
})

test('other content under a name of the notebook waits to be accepted, whether the file is here or missing', () => {
  const present = [reference('films/a.mp4', 'A'), reference('films/b.mp4', 'B')]
  const [a, b] = [dropped('films/a.mp4', 'A2'), dropped('b.mp4', 'B2')]
  const { fresh, others } = matchDropped(present, present.slice(1), [a, b])
  expect(fresh).toEqual([])
  expect(others).toEqual([
    { reference: present[0], found: a },
    { reference: present[1], found: b },
  ])
})

test('a file of the same name in another folder is another file', () => {
  const present = [reference('one/sound.wav', 'A'), reference('two/sound.wav', 'B')]
  expect(matchDropped(present, present, [dropped('three/sound.wav', 'C')]).fresh).toHaveLength(1)
  // Two missing files have this name: neither is meant more than the other.
  expect(matchDropped(present, present, [dropped('sound.wav', 'C')]).fresh).toHaveLength(1)
})

test('a folder whose files have exchanged their names is matched by content alone', () => {
  const present = [reference('a.mp4', 'A'), reference('b.mp4', 'B')]
  const drop = [dropped('a.mp4', 'B'), dropped('b.mp4', 'A')]
  expect(matchDropped(present, present, drop)).toEqual({ fresh: [], others: [], completed: [] })
})

test('a reference without a content hash is told by name and size, and completed in its place', () => {
  const present = [reference('films/a.mp4', ''), reference('films/b.mp4', 'B')]
  const { completed, others } = matchDropped(present, present, [dropped('a.mp4', 'A')])
  expect(others).toEqual([])
  expect(exchanged(present, completed)).toEqual([reference('films/a.mp4', 'A'), present[1]])
  expect(matchDropped(present, present, [dropped('a.mp4', 'A', 4)]).others).toHaveLength(1)
})
