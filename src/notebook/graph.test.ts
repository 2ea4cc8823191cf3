import { expect, test } from 'vitest'
import { parseNotebook } from '../schema/notebook'
import { ancestorsOf, cellOf } from './graph'

const notebook = parseNotebook({
  version: 1,
  title: 'Two runs',
  seed: 0,
  cells: [
    { id: 'clips', kind: 'corpus' },
    { id: 'model', kind: 'model' },
    { id: 'a', kind: 'pretrain', inputs: ['clips', 'model'] },
    { id: 'b', kind: 'pretrain', inputs: ['clips', 'model'] },
    { id: 'points', kind: 'embed', inputs: ['clips', 'a'] },
  ],
})
const ids = (cells: readonly { id: string }[]) => cells.map(({ id }) => id)

test('ancestors are all cells that are read, directly or not, nearest last', () => {
  expect(ids(ancestorsOf(notebook, 'points'))).toEqual(['clips', 'model', 'a'])
  expect(ancestorsOf(notebook, 'clips')).toEqual([])
})

test('an unknown cell is refused with the names of those that exist', () => {
  expect(() => cellOf(notebook, 'c')).toThrow('There is no cell "c"; the cells are clips, model, a, b, points.')
})
