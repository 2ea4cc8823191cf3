/** A further pretraining in a notebook, with the cells that say how good it is: a repetition to be varied, or a branch. */
import { type Cell, holdsWeights, type Notebook, type Settings } from '../schema/notebook'
import { type BranchPoint, branchText, type RunRecord } from '../schema/run-record'
import { completeSettings, parseSetting, settingSpecs, settingsOf } from '../schema/settings'
import { ancestorsOf, cellOf } from './graph'
import { canonicalJson } from './hash'

interface Added {
  readonly notebook: Notebook
  /** Of the new pretrain cell. */
  readonly id: string
}

/** The same pretraining once more, to be given other settings. */
export function withRepetition(notebook: Notebook, cellId: string): Added {
  const { settings, inputs } = cellOf(notebook, cellId)
  return withPretraining(notebook, settings, inputs)
}

/**
 * A pretraining that goes on from a checkpoint of a run. It reads a model cell of that run's sizes, which is added where
 * there is none, and the notebook's clips.
 * @throws when the notebook has no clips, or lacks the weights from elsewhere that the run went on from.
 */
export function withBranch(notebook: Notebook, { settings }: RunRecord, point: BranchPoint): Added {
  const corpus = notebook.cells.find(({ kind }) => kind === 'corpus')
  if (!corpus) throw new Error('This notebook has no clips to train on: add some before branching from a run.')
  // What the file of imported weights tells is no setting.
  const isImported = settings.model.preset === undefined
  const isSame = (cell: Cell) =>
    cell.kind === 'model' &&
    holdsWeights(cell) === isImported &&
    canonicalJson(settingsOf(cell)) === canonicalJson(completeSettings('model', settings.model, isImported))
  const found = notebook.cells.find(isSame)
  if (!found && isImported)
    throw new Error(
      'This run went on from imported weights: add a model cell with their file before branching from it.',
    )
  const model: Cell = found ?? {
    id: freeId(notebook, 'model'),
    kind: 'model',
    settings: changed('model', settings.model),
    inputs: [],
  }
  const withModel = found ? notebook : { ...notebook, cells: [...notebook.cells, model] }
  const own = { ...changed('pretrain', settings.pretrain), branchFrom: branchText(point) }
  return withPretraining(withModel, own, [corpus.id, model.id])
}

function withPretraining(notebook: Notebook, settings: Settings, inputs: readonly string[]): Added {
  const id = freeId(notebook, 'pretrain')
  const cells: Cell[] = [{ id, kind: 'pretrain', settings, inputs: [...inputs] }]
  let next: Notebook = { ...notebook, cells: [...notebook.cells, ...cells] }
  const corpus = ancestorsOf(next, id).find(({ kind }) => kind === 'corpus')
  for (const kind of ['embed', 'probe'] as const) {
    const readers: Cell = { id: freeId(next, kind), kind, settings: {}, inputs: [...(corpus ? [corpus.id] : []), id] }
    next = { ...next, cells: [...next.cells, readers] }
  }
  return { notebook: next, id }
}

function freeId({ cells }: Notebook, name: string): string {
  const taken = new Set(cells.map(({ id }) => id))
  let id = name
  for (let count = 2; taken.has(id); count++) id = `${name}-${count}`
  return id
}

/** What of complete settings is not the default. @throws naming a value that the setting does not take. */
function changed(kind: 'model' | 'pretrain', complete: Settings): Settings {
  const known = settingSpecs[kind].filter(({ key }) => complete[key] !== undefined)
  const parsed: Settings = Object.fromEntries(
    known.map(({ key }) => [key, parseSetting(kind, key, complete[key] ?? null)]),
  )
  return known.reduce((kept, { key }) => {
    const { [key]: value, ...others } = kept
    return completeSettings(kind, others)[key] === value ? others : kept
  }, parsed)
}
