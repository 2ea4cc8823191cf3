import { expect, test } from 'vitest'
import { parseCsv } from '../formats/csv'
import { completeSettings } from './settings'
import table from './table1-variants.csv?raw'
import { inDependencyOrder, parseVariants, settingsOfVariant, variants, withVariant } from './variants'

const settingsOf = (name: string) => completeSettings('pretrain', { variant: name })

test('every row of Table 1 is a preset with the dubs, weights, original languages and parent of that row', () => {
  const [header = [], ...rows] = parseCsv(table).map(({ fields }) => fields)
  expect(rows.length).toBe(11)
  expect(variants.length).toBe(11)
  for (const [index, row] of rows.entries()) {
    const cell = (name: string) => row[header.indexOf(name)]
    const variant = variants[index]
    const name = cell('variant') ?? ''
    const settings = settingsOf(name)
    expect(variant?.name).toBe(name)
    expect(variant?.from ?? '').toBe(cell('init_from'))
    expect(variant?.from === null).toBe(cell('init') === 'rand')
    expect(`MViT-${variant?.backbone}`).toBe(cell('backbone'))
    expect([variant?.instancesMillions, variant?.averageDubs]).toEqual(
      [cell('instances_millions'), cell('avg_dubs')].map(Number),
    )
    expect([settings.lambdaV, settings.lambdaA]).toEqual([cell('lambda_v'), cell('lambda_a')].map(Number))
    expect(settings.dub).toBe(cell('dub_augment') === 'true' ? 'on' : 'off')
    const original = { 'EN|ES|FR': 'en+es+fr', EN: 'en', 'U-EN': 'not en', U: '' }[cell('original_language') ?? '']
    expect(settings.originalLanguages).toBe(original)
  }
})

test('the runs whose every step is to be dub-augmented take titles of two languages or more, the others any', () => {
  const dubbed = variants.map(({ name }) => name).filter((name) => settingsOf(name).minTracks === 2)
  expect(dubbed).toEqual(['A.1', 'A.2', 'A.3', 'A.4', 'B.4', 'B.5', 'C.2'])
})

test('runs of equal standing have equal steps, those from a checkpoint a share of their parent’s', () => {
  const steps = (name: string, factor = 1) => completeSettings('pretrain', { variant: name, stepsFactor: factor }).steps
  expect(steps('A.1')).toBe(steps('A.2'))
  expect(steps('A.3')).toBe(steps('A.4'))
  expect([steps('A.2'), steps('A.4')]).toEqual([2000, 500])
  expect([steps('A.2', 0.01), steps('A.4', 0.01)]).toEqual([20, 5])
})

test('a run never comes before the one it starts from', () => {
  expect(inDependencyOrder(['A.4'])).toEqual(['A.2', 'A.4'])
  expect(inDependencyOrder(['C.2', 'B.5', 'B.4'])).toEqual(['B.3', 'B.4', 'B.5', 'C.1', 'C.2'])
  expect(inDependencyOrder(parseVariants('all'))).toEqual(variants.map(({ name }) => name))
  expect(() => parseVariants('A.1+D.9')).toThrow(/"D.9" is no variant .* A.1, A.2/)
})

test('a parent has the settings that were made by hand, but for what its own row decides', () => {
  const own = { dub: 'off', lambdaA: 0.9, reproduce: 'B.1', branchFrom: 'abc@10' }
  const child = { variant: 'A.4', steps: 20, learningRate: 1e-4, batch: 8, ...own }
  const parent = settingsOfVariant(child, 'A.2')
  expect(parent).toEqual({ variant: 'A.2', steps: 80, learningRate: 4e-4, batch: 8 })
  expect(completeSettings('pretrain', parent)).toMatchObject({ dub: 'on', lambdaA: 0 })
})

test('choosing a variant drops what it decides, and going back to none brings steps back', () => {
  const own = { steps: 80, dub: 'off', batch: 8 }
  const chosen = withVariant(own, 'A.4')
  expect(chosen).toEqual({ variant: 'A.4', steps: 20, batch: 8 })
  expect(withVariant(chosen, 'none')).toEqual({ steps: 80, batch: 8 })
})
