import { expect, test } from 'vitest'
import { parseNotebook } from '../schema/notebook'
import { type CellState, checkedAgainst, neverRun } from './cell-state'
import { withSetting } from './edits'
import { recipeOf } from './recipe'

const notebook = parseNotebook({ version: 1, title: '', seed: 0, cells: [{ id: 'model', kind: 'model' }] })
const before = recipeOf(notebook, 'model', () => [])
const after = recipeOf(withSetting(notebook, 'model', 'depth', 6), 'model', () => [])
const done: CellState = {
  status: 'done',
  losses: [],
  recipe: before,
  result: {
    kind: 'model',
    metrics: { parameters: { video: 1, audio: 1, heads: 1, total: 3 }, embeddingDimension: 8 },
  },
}

test('a done cell becomes stale with its reason, and done again when the change is taken back', () => {
  const stale = checkedAgainst(done, after)
  expect(stale).toMatchObject({ status: 'stale', staleBecause: 'Blocks 4 → 6' })
  expect(checkedAgainst(stale, before)).toEqual(done)
})

test('a failed cell becomes stale, and failed again with its message when the change is taken back', () => {
  const failed: CellState = { status: 'failed', error: 'No clips.', losses: [], recipe: before }
  const stale = checkedAgainst(failed, after)
  expect(stale.status).toBe('stale')
  expect(checkedAgainst(stale, before)).toEqual(failed)
})

test('a cell that never ran and one that is running are left alone', () => {
  expect(checkedAgainst(neverRun, after)).toBe(neverRun)
  const running: CellState = { ...done, status: 'running' }
  expect(checkedAgainst(running, after)).toBe(running)
})
