import { describe, expect, test } from 'vitest'
import { type Notebook, parseNotebook } from '../schema/notebook'
import { withSetting, withTracks } from './edits'
import { type Recipe, recipeHash, recipeOf, whyStale } from './recipe'

const notebook = parseNotebook({
  version: 1,
  title: 'One run',
  seed: 1,
  cells: [
    { id: 'corpus', kind: 'corpus', media: [{ path: 'a.mp4', size: 1, contentHash: 'aa' }] },
    { id: 'model', kind: 'model' },
    { id: 'pretrain', kind: 'pretrain', inputs: ['corpus', 'model'] },
    { id: 'embed', kind: 'embed', inputs: ['corpus', 'pretrain'] },
  ],
})
const recipe = (id: string, of: Notebook = notebook): Recipe =>
  recipeOf(of, id, ({ media }) => (Array.isArray(media) ? media : []))
const hash = (id: string, of: Notebook = notebook, fingerprint = 'gpu'): Promise<string> =>
  recipeHash(recipe(id, of), async () => fingerprint)

describe('the hash of a result', () => {
  test('changes with a setting of its cell, and of any cell above', async () => {
    const other = withSetting(notebook, 'model', 'depth', 3)
    expect(await hash('model', other)).not.toBe(await hash('model'))
    expect(await hash('embed', other)).not.toBe(await hash('embed'))
    expect(await hash('corpus', other)).toBe(await hash('corpus'))
  })

  test('does not change with a default that is written out', async () => {
    const cells = notebook.cells.map((cell) => (cell.id === 'model' ? { ...cell, settings: { preset: 'tiny' } } : cell))
    expect(await hash('embed', { ...notebook, cells })).toBe(await hash('embed'))
  })

  test('changes with the seed and with the content of a file', async () => {
    const cells = notebook.cells.map((cell) =>
      cell.id === 'corpus' ? { ...cell, media: [{ path: 'a.mp4', size: 1, contentHash: 'bb' }] } : cell,
    )
    expect(await hash('embed', { ...notebook, seed: 2 })).not.toBe(await hash('embed'))
    expect(await hash('embed', { ...notebook, cells })).not.toBe(await hash('embed'))
  })

  test('changes with what is said of a soundtrack, and is the old one when it is taken back', async () => {
    const track = { path: 'a.mp4', track: 1 }
    const edited = withTracks(notebook, 'corpus', [{ ...track, language: 'fr', offsetMs: -700 }])
    expect(await hash('corpus', edited)).not.toBe(await hash('corpus'))
    expect(await hash('embed', edited)).not.toBe(await hash('embed'))
    const back = withTracks(edited, 'corpus', [{ ...track, language: null, offsetMs: 0 }])
    expect(back).toEqual(notebook)
    expect(await hash('embed', back)).toBe(await hash('embed'))
  })

  test('changes with the GPU only where the GPU computes', async () => {
    expect(await hash('pretrain', notebook, 'other gpu')).not.toBe(await hash('pretrain'))
    expect(await hash('corpus', notebook, 'other gpu')).toBe(await hash('corpus'))
    const noGpu = () => Promise.reject(new Error('no GPU'))
    await expect(recipeHash(recipe('corpus'), noGpu)).resolves.toBe(await hash('corpus'))
    await expect(recipeHash(recipe('embed'), noGpu)).rejects.toThrow('no GPU')
  })

  test('does not depend on how cells are called', async () => {
    const renamed = parseNotebook(
      JSON.parse(JSON.stringify(notebook).replaceAll('"pretrain"]', '"run"]').replace('"id":"pretrain"', '"id":"run"')),
    )
    expect(await hash('embed', renamed)).toBe(await hash('embed'))
  })
})

describe('a stale result', () => {
  test('names the setting that was changed, with both values', () => {
    const other = withSetting(notebook, 'pretrain', 'batch', 16)
    expect(whyStale(recipe('pretrain'), recipe('pretrain', other))).toBe('Batch 32 → 16, and 1 more')
    const temperature = withSetting(notebook, 'pretrain', 'temperature', 0.2)
    expect(whyStale(recipe('pretrain'), recipe('pretrain', temperature))).toBe('Temperature τ 0.1 → 0.2')
  })

  test('names the cell above whose setting was changed', () => {
    const other = withSetting(notebook, 'model', 'depth', 3)
    expect(whyStale(recipe('pretrain'), recipe('pretrain', other))).toBe('Model: Blocks 4 → 3')
    expect(whyStale(recipe('embed'), recipe('embed', other))).toBe('Model: Blocks 4 → 3')
  })

  test('names changed files, and a changed seed', () => {
    const cells = notebook.cells.map((cell) => (cell.id === 'corpus' ? { ...cell, media: [] } : cell))
    expect(whyStale(recipe('embed'), recipe('embed', { ...notebook, cells }))).toBe('Clips: the files have changed')
    expect(whyStale(recipe('model'), recipe('model', { ...notebook, seed: 2 }))).toBe('seed 1 → 2')
  })

  test('names soundtracks that were edited', () => {
    const edited = withTracks(notebook, 'corpus', [{ path: 'a.mp4', track: 1, kind: 'ignored' }])
    expect(whyStale(recipe('corpus'), recipe('corpus', edited))).toBe('its soundtracks were edited')
    expect(whyStale(recipe('embed'), recipe('embed', edited))).toBe('Clips: its soundtracks were edited')
  })

  test('is none when the recipe is the same again', () => {
    const there = withSetting(notebook, 'model', 'depth', 3)
    const back = withSetting(there, 'model', 'depth', 4)
    expect(whyStale(recipe('embed'), recipe('embed', back))).toBeUndefined()
  })
})
