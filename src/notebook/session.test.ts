import { expect, test } from 'vitest'
import { startEngine } from '../engine/client'
import { parseNotebook } from '../schema/notebook'
import { createSession, type Session } from './session'

const notebook = parseNotebook({
  version: 1,
  title: 'Session',
  // A seed of its own: what other runs have stored must not be found.
  seed: Math.floor(Math.random() * 2 ** 32),
  cells: [
    { id: 'note', kind: 'text', settings: { markdown: 'Two cells.' } },
    { id: 'model', kind: 'model', settings: { depth: 2 } },
    { id: 'clips', kind: 'corpus', media: [] },
    { id: 'scene', kind: 'spectrogram', inputs: ['clips'] },
    { id: 'points', kind: 'embed', inputs: ['clips', 'model'] },
  ],
})
const engine = startEngine()
const status = (session: Session, id: string) => session.store.getState().cells[id]?.status

test('a run, an edit, undo, and opening again', async () => {
  const session = createSession(engine)
  await session.open(notebook)
  expect(status(session, 'note')).toBe('done')
  expect(status(session, 'model')).toBe('never')

  await session.runCell('model')
  expect(session.store.getState().cells.model?.error).toBeUndefined()
  expect(status(session, 'model')).toBe('done')

  session.setSetting('model', 'depth', 3)
  expect(session.store.getState().cells.model).toMatchObject({ status: 'stale', staleBecause: 'Blocks 2 → 3' })
  session.undo()
  expect(status(session, 'model')).toBe('done')
  session.redo()
  expect(status(session, 'model')).toBe('stale')

  const again = createSession(engine)
  await again.open(notebook)
  expect(status(again, 'model')).toBe('done')
})

test('without clips the corpus cell says what to do, and what reads from it is skipped', async () => {
  const session = createSession(engine)
  await session.open(notebook)
  await session.runAll()
  const { cells } = session.store.getState()
  expect(cells.clips).toMatchObject({ status: 'failed' })
  expect(cells.clips?.error).toMatch(/There are no clips yet: drop video files/)
  expect(cells.scene).toMatchObject({ status: 'skipped', error: 'Not run: "Clips, clips" above has failed.' })
  expect(cells.model?.status).toBe('done')
})

test('a stopped queue leaves cells as they were', async () => {
  const session = createSession(engine)
  await session.open({ ...notebook, seed: notebook.seed ^ 1 })
  const run = session.runAll()
  expect(status(session, 'scene')).toBe('queued')
  session.stop()
  await run
  expect(status(session, 'scene')).toBe('never')
})

test('the document leaves as the file it came as, with media by name and content', async () => {
  const session = createSession(engine)
  await session.open(notebook)
  await session.addFiles('clips', [{ path: 'dub.mp4', file: new File(['no film'], 'dub.mp4') }])
  const exported = parseNotebook(JSON.parse(session.exportNotebook()))
  expect(exported.cells.find(({ id }) => id === 'clips')?.media).toEqual([
    { path: 'dub.mp4', size: 7, contentHash: expect.stringMatching(/^[0-9a-f]{64}$/) },
  ])
  expect(exported.seed).toBe(notebook.seed)

  const elsewhere = createSession(engine)
  await elsewhere.open(exported)
  expect(elsewhere.store.getState().media.clips?.missing.map(({ path }) => path)).toEqual(['dub.mp4'])
  await elsewhere.addFiles('clips', [{ path: 'other name.mp4', file: new File(['no film'], 'x.mp4') }])
  expect(elsewhere.store.getState().media.clips?.missing).toEqual([])
})
