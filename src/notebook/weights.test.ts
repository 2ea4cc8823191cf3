/** Files of weights in a notebook: where they go, what becomes stale, what survives a new visit. */
import { describe, expect, it } from 'vitest'
import { startEngine } from '../engine/client'
import { parseNotebook } from '../schema/notebook'
import { settingsOf } from '../schema/settings'
import { withWeights } from './edits'
import { cellOf } from './graph'
import { isWeightsFile } from './media-kinds'
import { recipeOf } from './recipe'
import { toldSettings } from './recognised-rows'
import { createSession, type Session } from './session'

const notebook = parseNotebook({
  version: 1,
  title: 'Weights',
  // A seed of its own: what other runs have stored must not be found.
  seed: Math.floor(Math.random() * 2 ** 32),
  cells: [
    { id: 'clips', kind: 'corpus', media: [] },
    { id: 'model', kind: 'model', settings: { depth: 2 } },
    { id: 'train', kind: 'pretrain', inputs: ['clips', 'model'] },
  ],
})
const reference = { path: 'runs/LSSD b5.pth', size: 10, contentHash: 'a'.repeat(64) }
const engine = startEngine()
const released = async (name = 'released.pth') => {
  const blob = await (await fetch('/src/engine/fixtures/released.pth')).blob()
  return { path: name, file: new File([blob], name) }
}
const stateOf = (session: Session, id: string) => session.store.getState().cells[id]
const opened = async () => {
  const session = createSession(engine)
  await session.open(notebook)
  return session
}

describe('a file of weights', () => {
  it('is known by its name', () => {
    for (const path of ['a.pt', 'x/B.PTH', 'c.pyth', 'd.safetensors']) expect(isWeightsFile(path)).toBe(true)
    for (const path of ['a.pt.txt', '.pt', 'a.mp4', 'x.pt/readme']) expect(isWeightsFile(path)).toBe(false)
  })

  it('becomes a model cell of its own with cells that embed and probe it, and nothing above changes', () => {
    const { notebook: added, id } = withWeights(notebook, reference)
    expect(parseNotebook(JSON.parse(JSON.stringify(added)))).toEqual(added)
    expect(added.cells.slice(0, 3)).toEqual(notebook.cells)
    expect(added.cells.slice(3)).toMatchObject([
      { id: 'LSSD-b5', kind: 'model', media: [reference] },
      { id: 'embed-LSSD-b5', kind: 'embed', inputs: ['clips', 'LSSD-b5'] },
      { id: 'probe-LSSD-b5', kind: 'probe', inputs: ['clips', 'LSSD-b5'] },
    ])
    expect(id).toBe('LSSD-b5')
    expect(withWeights(added, reference).id).toBe('LSSD-b5-2')
  })

  it('leaves pooling to be chosen and takes the sizes out of the settings', () => {
    const { notebook: added, id } = withWeights(notebook, reference)
    const settings = settingsOf(cellOf(added, id))
    expect(settings).toMatchObject({ videoPooling: '', audioPooling: '', headHidden: expect.any(Number) })
    for (const key of ['preset', 'depth', 'embedDim', 'patch', 'videoSize']) expect(settings).not.toHaveProperty(key)
    expect(settingsOf(cellOf(notebook, 'model'))).toMatchObject({ videoPooling: 'mean-norm', depth: 2 })
  })

  it('is part of what a result is made from, by its content', () => {
    const { notebook: added, id } = withWeights(notebook, reference)
    const mediaOf = (hash: string) => () => [{ ...reference, contentHash: hash }]
    const recipe = (hash: string) => JSON.stringify(recipeOf(added, `embed-${id}`, mediaOf(hash)))
    expect(recipe('a')).not.toBe(recipe('b'))
  })

  it('differs from another by one byte anywhere', async () => {
    const { file } = await released()
    const bytes = new Uint8Array(3_000_000)
    bytes.set(await file.bytes())
    const hash = () => engine.contentHash(new File([bytes], 'large.pt'), true)
    const before = await hash()
    bytes[1_234_567] = 1
    expect(await hash()).not.toBe(before)
  })

  it('given to a model cell makes it wait for its pooling, then run, and stays after a new visit', async () => {
    const session = await opened()
    await session.addFiles('model', [await released()])
    expect(session.store.getState().media.model?.files).toHaveLength(1)
    await session.runCell('model')
    expect(stateOf(session, 'model')).toMatchObject({ status: 'failed' })
    expect(stateOf(session, 'model')?.error).toContain('Set videoPooling to cls or mean-norm.')

    session.setSetting('model', 'videoPooling', 'cls')
    session.setSetting('model', 'audioPooling', 'norm-mean')
    await session.runCell('model')
    expect(stateOf(session, 'model')?.error).toBeUndefined()
    const { result } = stateOf(session, 'model') ?? {}
    if (result?.kind !== 'model' || !result.imported) throw new Error('Nothing was imported.')
    expect(result.imported.config.video).toMatchObject({ pooling: 'cls', embedDim: 4, depth: 2 })
    expect(toldSettings(result.imported.config)).toContainEqual({ label: 'Blocks', value: '2' })
    expect(toldSettings(result.imported.config)).toContainEqual({
      label: 'Input',
      value: 'video 3 × 4 × 64 × 64 · audio 1 × 96 × 288',
    })

    // Another visit: the file is not here, what it held is.
    const again = createSession(engine)
    await again.open(parseNotebook(JSON.parse(session.exportNotebook())))
    expect(again.store.getState().media.model?.missing).toHaveLength(1)
    expect(stateOf(again, 'model')).toMatchObject({ status: 'done', result: { imported: { file: 'released.pth' } } })
  })

  it('that is broken changes nothing and says why', async () => {
    const session = await opened()
    const broken = { path: 'broken.pt', file: new File(['no weights at all'], 'broken.pt') }
    await expect(session.inspectWeights(broken)).rejects.toThrow('broken.pt: It is no PyTorch checkpoint')
    expect(session.store.getState().notebook).toEqual(notebook)
    await expect(session.addFiles('model', [])).rejects.toThrow('takes one file of weights')
    await expect(session.addFiles('model', [await released('a.pt'), await released('b.pt')])).rejects.toThrow(
      'takes one file of weights, not 2: a.pt, b.pt',
    )
    await expect(session.addFiles('train', [await released()])).rejects.toThrow('takes no files')
  })

  it('can be taken back: undo returns the model cell and its settings', async () => {
    const session = await opened()
    await session.addFiles('model', [await released()])
    session.undo()
    expect(session.store.getState().notebook).toEqual(notebook)
    expect(session.store.getState().media).not.toHaveProperty('model')
    session.redo()
    session.removeFiles('model', ['released.pth'])
    expect(settingsOf(cellOf(session.store.getState().notebook, 'model'))).toMatchObject({ depth: 2 })
  })
})
