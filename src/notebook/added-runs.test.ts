import { expect, test } from 'vitest'
import { type Cell, parseNotebook, type Settings } from '../schema/notebook'
import type { RunRecord } from '../schema/run-record'
import { completeSettings } from '../schema/settings'
import { withBranch, withRepetition } from './added-runs'
import { cellOf } from './graph'

const notebook = parseNotebook({
  version: 1,
  title: 'One run',
  seed: 0,
  cells: [
    { id: 'corpus', kind: 'corpus' },
    { id: 'model', kind: 'model', settings: { embedDim: 16 } },
    { id: 'pretrain', kind: 'pretrain', settings: { steps: 20, dub: 'off' }, inputs: ['corpus', 'model'] },
    { id: 'embed', kind: 'embed', inputs: ['corpus', 'pretrain'] },
  ],
})
const recordWith = (model: Settings, pretrain: Settings): RunRecord => ({
  version: 1,
  hash: 'abc',
  name: 'A run',
  variant: 'none',
  branchFrom: '',
  settings: { corpus: {}, model: completeSettings('model', model), pretrain: completeSettings('pretrain', pretrain) },
  seed: 0,
  codeVersion: '0',
  devices: [],
  kernels: '',
  startedAt: 0,
  updatedAt: 0,
  step: 20,
  finished: true,
  imported: false,
  losses: [],
})

test('a repetition reads what the run reads, has its settings, and is embedded and probed', () => {
  const added = withRepetition(notebook, 'pretrain')
  expect(added.id).toBe('pretrain-2')
  expect(cellOf(added.notebook, 'pretrain-2')).toMatchObject({
    settings: { steps: 20, dub: 'off' },
    inputs: ['corpus', 'model'],
  })
  expect(added.notebook.cells.slice(-2)).toMatchObject([
    { id: 'embed-2', kind: 'embed', inputs: ['corpus', 'pretrain-2'] },
    { id: 'probe', kind: 'probe', inputs: ['corpus', 'pretrain-2'] },
  ])
  expect(parseNotebook(added.notebook)).toEqual(added.notebook)
})

test('a branch has the settings of the run that are no defaults, and reads the model of its sizes', () => {
  const record = recordWith({ embedDim: 16 }, { steps: 20, dub: 'off' })
  const { notebook: next, id } = withBranch(notebook, record, { hash: 'abc', step: 10 })
  expect(cellOf(next, id)).toMatchObject({ inputs: ['corpus', 'model'] })
  expect(cellOf(next, id).settings).toEqual({ steps: 20, dub: 'off', branchFrom: 'abc@10' })
  expect(parseNotebook(next)).toEqual(next)
})

test('a branch of a run of other sizes brings a model cell of those sizes', () => {
  const record = recordWith({ preset: 'small', depth: 6 }, { steps: 20 })
  const { notebook: next, id } = withBranch(notebook, record, { hash: 'abc', step: 10 })
  expect(cellOf(next, id).inputs).toEqual(['corpus', 'model-2'])
  expect(cellOf(next, 'model-2').settings).toEqual({ preset: 'small', depth: 6 })
})

test('a branch of a run that went on from imported weights reads the model cell that holds some', () => {
  const record = recordWith({}, { steps: 20 })
  const imported = { ...record, settings: { ...record.settings, model: completeSettings('model', {}, true) } }
  const branch = (from: typeof notebook) => withBranch(from, imported, { hash: 'abc', step: 10 })
  expect(() => branch(notebook)).toThrow('add a model cell with their file')
  const media = [{ path: 'weights.pt', size: 1, contentHash: '0'.repeat(64) }]
  const weights: Cell = { id: 'weights', kind: 'model', settings: {}, inputs: [], media }
  const { notebook: next, id } = branch({ ...notebook, cells: [...notebook.cells, weights] })
  expect(cellOf(next, id).inputs).toEqual(['corpus', 'weights'])
})

test('settings from elsewhere that are none are refused by name; nothing is branched without clips', () => {
  const record = recordWith({}, { steps: -5 })
  expect(() => withBranch(notebook, record, { hash: 'abc', step: 1 })).toThrow('pretrain.steps')
  expect(() => withBranch({ ...notebook, cells: [] }, record, { hash: 'abc', step: 1 })).toThrow('no clips')
})
