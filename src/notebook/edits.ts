/** Edits of the notebook document: a document in, the changed document out. */
import type { Cell, MediaReference, Notebook, SettingValue } from '../schema/notebook'
import { defaultOf, parseSetting, settingsOf, specsOf } from '../schema/settings'
import { changeTracks, type TrackChange } from '../schema/track-edits'
import { withVariant } from '../schema/variants'
import { cellOf } from './graph'

/**
 * Changes one setting; a value equal to the default is left out of the document.
 * @throws naming the setting, the value and what would be accepted.
 */
export function withSetting(notebook: Notebook, cellId: string, key: string, value: SettingValue): Notebook {
  const cell = cellOf(notebook, cellId)
  const parsed = parseSetting(cell.kind, key, value)
  if (cell.kind === 'pretrain' && key === 'variant')
    return withCell(notebook, { ...cell, settings: withVariant(cell.settings, String(parsed)) })
  const { [key]: _, ...others } = cell.settings
  const spec = specsOf(cell).find((candidate) => candidate.key === key)
  const before = settingsOf({ ...cell, settings: others })
  // What is chosen for a model stays chosen when the cell takes in weights, whose defaults are others.
  const isDefault =
    spec !== undefined && [false, true].every((imported) => defaultOf(spec, before, imported) === parsed)
  return withCell(notebook, { ...cell, settings: isDefault ? others : { ...others, [key]: parsed } })
}

/** Returns one setting to its default. */
export function withoutSetting(notebook: Notebook, cellId: string, key: string): Notebook {
  const cell = cellOf(notebook, cellId)
  if (cell.kind === 'pretrain' && key === 'variant') return withSetting(notebook, cellId, key, 'none')
  const { [key]: _, ...settings } = cell.settings
  return withCell(notebook, { ...cell, settings })
}

/** Gives a corpus cell other files, a model cell its weights, a probe cell its folder. */
export const withMedia = (notebook: Notebook, cellId: string, media: 'samples' | MediaReference[]): Notebook =>
  withCell(notebook, { ...cellOf(notebook, cellId), media })

/**
 * Changes what is said by hand of a corpus cell's soundtracks.
 * @throws when a value is not allowed, saying what is.
 */
export function withTracks(notebook: Notebook, cellId: string, changes: readonly TrackChange[]): Notebook {
  const { tracks = [], ...cell } = cellOf(notebook, cellId)
  const changed = changeTracks(tracks, changes)
  return withCell(notebook, changed.length > 0 ? { ...cell, tracks: changed } : cell)
}

/**
 * Adds a model cell that holds weights, and, where the notebook has clips, cells below it that embed and probe them.
 * @returns the document and the id of the model cell
 */
export function withWeights(notebook: Notebook, weights: MediaReference): { notebook: Notebook; id: string } {
  const taken = new Set(notebook.cells.map(({ id }) => id))
  const free = (name: string): string => {
    let id = name
    for (let count = 2; taken.has(id); count++) id = `${name}-${count}`
    taken.add(id)
    return id
  }
  const fileName = weights.path.slice(weights.path.lastIndexOf('/') + 1).replace(/\.\w+$/, '')
  const id = free(fileName.replace(/[^\w-]+/g, '-').slice(0, 40) || 'weights')
  const cells: Cell[] = [{ id, kind: 'model', settings: {}, inputs: [], media: [weights] }]
  const corpus = notebook.cells.find(({ kind }) => kind === 'corpus')
  if (corpus) {
    const inputs = [corpus.id, id]
    cells.push({ id: free(`embed-${id}`), kind: 'embed', settings: {}, inputs })
    cells.push({ id: free(`probe-${id}`), kind: 'probe', settings: {}, inputs })
  }
  return { notebook: { ...notebook, cells: [...notebook.cells, ...cells] }, id }
}

/** Renames the notebook; at most 500 characters are kept. */
export const withTitle = (notebook: Notebook, title: string): Notebook => ({ ...notebook, title: title.slice(0, 500) })

const withCell = (notebook: Notebook, changed: Cell): Notebook => ({
  ...notebook,
  cells: notebook.cells.map((cell) => (cell.id === changed.id ? changed : cell)),
})
