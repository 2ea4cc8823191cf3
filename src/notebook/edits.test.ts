import { expect, test } from 'vitest'
import { parseNotebook } from '../schema/notebook'
import { withoutSetting, withSetting } from './edits'
import { cellOf } from './graph'

const notebook = parseNotebook({
  version: 1,
  title: 'One model',
  seed: 0,
  cells: [{ id: 'model', kind: 'model', settings: { preset: 'small' } }],
})

test('a setting is stored in its own type', () => {
  expect(cellOf(withSetting(notebook, 'model', 'depth', '6'), 'model').settings).toEqual({ preset: 'small', depth: 6 })
})

test('a value equal to the default of its preset is left out', () => {
  const changed = withSetting(notebook, 'model', 'depth', 6)
  expect(cellOf(withSetting(changed, 'model', 'depth', 8), 'model').settings).toEqual({ preset: 'small' })
  expect(withoutSetting(changed, 'model', 'depth')).toEqual(notebook)
})

test('a value out of range is refused and changes nothing', () => {
  expect(() => withSetting(notebook, 'model', 'depth', 0)).toThrow('model.depth must be a whole number from 1 to 48')
  expect(() => withSetting(notebook, 'model', 'colour', 1)).toThrow('model has no setting "colour"')
})
