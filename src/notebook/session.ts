/**
 * One open notebook: its document with undo, the state of every cell, the media it was given and the engine that runs
 * it. The page and the headless runner both act through this and read its store.
 */
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Engine, MediaFile } from '../engine/api'
import type { Floor } from '../schema/floor'
import type { Notebook, SettingValue } from '../schema/notebook'
import type { OffsetProposal, TrackChange } from '../schema/track-edits'
import { createCellFiles, type FileActions } from './cell-files'
import { type CellState, checkedAgainst, neverRun } from './cell-state'
import { withoutSetting, withSetting, withTitle, withTracks } from './edits'
import { createGpuActions, type GpuActions, type GpuState } from './gpu-actions'
import { emptyHistory, type History, remember, stepBack, stepForward } from './history'
import type { MediaState } from './media'
import { type Recipe, recipeHash, recipeOf } from './recipe'
import { createRunActions, type RunActions } from './run-actions'
import { type RunOptions, RunQueue } from './run-queue'

export interface SessionState extends GpuState {
  readonly notebook: Notebook
  readonly cells: Readonly<Record<string, CellState>>
  /** Files of every corpus cell. */
  readonly media: Readonly<Record<string, MediaState>>
  /** The notebook is open and its files are found; stored results may still be on their way. */
  readonly ready: boolean
  readonly canUndo: boolean
  readonly canRedo: boolean
}

export interface Session extends FileActions {
  readonly store: StoreApi<SessionState>
  readonly gpu: GpuActions
  readonly runs: RunActions
  /**
   * Opens a notebook in place of the present one, and loads the results that are stored for it. `media` become the
   * files of every corpus cell; without them the notebook's own references count.
   * @throws when the bundled clips are needed and cannot be fetched.
   */
  open(notebook: Notebook, media?: readonly MediaFile[]): Promise<void>
  setTitle(title: string): void
  /** @throws naming the setting, the value and what would be accepted. */
  setSetting(cellId: string, key: string, value: SettingValue): void
  resetSetting(cellId: string, key: string): void
  /** Edits soundtracks of a corpus cell: one step of undo. @throws when a value is not allowed, saying what is. */
  editTracks(cellId: string, changes: readonly TrackChange[]): void
  undo(): void
  redo(): void
  /** Brings stale ancestors up to date, then the cell. Resolves when it has settled; its state says how. */
  runCell(id: string, options?: RunOptions): Promise<void>
  /** Runs every cell that is not up to date. Resolves when all have settled. */
  runAll(options?: RunOptions): Promise<void>
  /** Stops one cell, or everything. */
  stop(id?: string): void
  pause(id: string): Promise<void>
  /** Lets running pretrainings write checkpoints, as the page may be about to go. */
  writeCheckpoints(): Promise<void>
  resume(id: string): Promise<void>
  /** The notebook as a file; media are named, not contained. */
  exportNotebook(): string
  /** One file of a cell's result. @throws when the cell has none. */
  readFile(cellId: string, name: string): Promise<Blob>
  /** Of the vectors of a result; see {@link Engine}. */
  readonly nearest: Engine['nearest']
  readonly umap: Engine['umap']
  /** Measures again what the GPU can do at most; later profiles are held against it. */
  measureFloor(): Promise<Floor>
  /** Proposes offsets for the dubs of a title; see {@link Engine}. @throws before the corpus cell has run. */
  align(
    corpusId: string,
    file: string,
    onProgress: (fraction: number) => void,
    signal: AbortSignal,
  ): Promise<readonly OffsetProposal[]>
  /** Sound of one language of a title, mono at 48 kHz, between two times (s). @throws before the corpus cell has run. */
  sound(corpusId: string, file: string, language: string, startS: number, endS: number): Promise<Float32Array>
}

const nothing: Notebook = { version: 1, title: '', seed: 0, cells: [] }

/** Makes a session without a notebook; `open` gives it one. */
export function createSession(engine: Engine): Session {
  const store = createStore<SessionState>(() => ({
    notebook: nothing,
    cells: {},
    engine: {},
    gpu: {},
    media: {},
    ready: false,
    canUndo: false,
    canRedo: false,
  }))
  let history: History<Notebook> = emptyHistory
  /** Counts openings, so that what an earlier one still waits for is dropped. */
  let opening = 0

  const description = engine.describe()
  description.then(
    (description) => store.setState({ engine: { description } }),
    (cause: unknown) => store.setState({ engine: { error: cause instanceof Error ? cause.message : String(cause) } }),
  )

  const gpu = createGpuActions(engine, store)
  const notebook = (): Notebook => store.getState().notebook
  const files = createCellFiles(engine, {
    notebook,
    epoch: () => opening,
    show: (next) => show(next),
    edit: (next, what) => edit(next, what),
    mediaChanged: () => store.setState({ media: files.states(notebook()) }),
  })
  const stateOf = (id: string): CellState => store.getState().cells[id] ?? neverRun
  const recipe = (id: string, of = notebook()): Recipe => recipeOf(of, id, files.references)
  const setState = (id: string, state: CellState): void =>
    store.setState(({ cells, notebook }) =>
      // A run may end after its notebook was replaced.
      notebook.cells.some((cell) => cell.id === id)
        ? { cells: { ...cells, [id]: checkedAgainst(state, recipe(id, notebook)) } }
        : {},
    )
  const exportNotebook = (): string => `${JSON.stringify(notebook(), null, 2)}\n`
  const queue = new RunQueue(engine, {
    notebook,
    stateOf,
    setState,
    recipe,
    media: (id) => store.getState().media[id],
    fingerprint: (planKey) => engine.fingerprint(planKey, true),
    prepareGpu: gpu.prepare,
    notebookJson: exportNotebook,
  })

  /** Shows a document: files found anew, every finished cell compared with it. */
  const show = (next: Notebook): void => {
    const { cells } = store.getState()
    store.setState({
      notebook: next,
      media: files.states(next),
      cells: Object.fromEntries(
        next.cells.map(({ id, kind }): [string, CellState] => [
          id,
          kind === 'text' ? { status: 'done', losses: [] } : checkedAgainst(cells[id] ?? neverRun, recipe(id, next)),
        ]),
      ),
      canUndo: history.past.length > 0,
      canRedo: history.future.length > 0,
    })
    files.keep(next)
  }
  const edit = (next: Notebook, what: string): void => {
    history = remember(history, notebook(), what, Date.now())
    show(next)
  }
  const step = (to: { history: History<Notebook>; present: Notebook } | null): void => {
    if (!to) return
    history = to.history
    show(to.present)
  }

  /** Loads what is stored for the open notebook, cell by cell. */
  const restore = async (isCurrent: () => boolean): Promise<void> => {
    for (const { id, kind } of notebook().cells) {
      // Clips are looked into anew on every visit: the engine must hold them.
      if (kind === 'text' || kind === 'corpus') continue
      const made = recipe(id)
      const hash = await recipeHash(made, (planKey) => engine.fingerprint(planKey, false))
      const result = await engine.load(kind, hash)
      if (!isCurrent()) return
      if (result && stateOf(id).status === 'never')
        setState(id, {
          status: 'done',
          hash,
          result,
          recipe: made,
          losses: result.kind === 'pretrain' ? result.losses : [],
        })
    }
  }

  const runs = createRunActions(engine, {
    notebook,
    edit,
    states: () => store.getState().cells,
    forget: (id) => store.setState(({ cells }) => ({ cells: { ...cells, [id]: neverRun } })),
  })

  return {
    store,
    gpu,
    runs,
    exportNotebook,
    ...files.actions,

    async open(next, media) {
      queue.clear()
      const mine = ++opening
      const isCurrent = () => mine === opening
      history = emptyHistory
      files.leave()
      store.setState({ cells: {}, ready: false })
      let opened = next
      show(opened)
      if (media) opened = await files.give(opened, media)
      await files.gather(opened)
      if (!isCurrent()) return
      show(opened)
      store.setState({ ready: true })
      // Without an engine the notebook can still be read; the header says what is wrong.
      await restore(isCurrent).catch((cause: unknown) => console.warn('Stored results were not loaded.', cause))
    },

    setTitle: (title) => edit(withTitle(notebook(), title), 'title'),
    setSetting(cellId, key, value) {
      const next = withSetting(notebook(), cellId, key, value)
      if (JSON.stringify(next) !== JSON.stringify(notebook())) edit(next, `${cellId}.${key}`)
    },
    resetSetting: (cellId, key) => edit(withoutSetting(notebook(), cellId, key), `${cellId}.${key}`),

    editTracks(cellId, changes) {
      const next = withTracks(notebook(), cellId, changes)
      // Values are part of the name: they come whole, not letter by letter, and each is a step of its own to take back.
      if (JSON.stringify(next) !== JSON.stringify(notebook())) edit(next, `${cellId}.tracks ${JSON.stringify(changes)}`)
    },

    undo: () => step(stepBack(history, notebook())),
    redo: () => step(stepForward(history, notebook())),

    runCell: (id, options) => queue.enqueue([id], options),
    runAll: (options) =>
      queue.enqueue(
        notebook()
          .cells.filter((cell) => queue.needsRun(cell))
          .map(({ id }) => id),
        options,
      ),
    stop: (id) => queue.stop(id),
    async pause(id) {
      await engine.pause(id)
      if (stateOf(id).status === 'running') setState(id, { ...stateOf(id), status: 'paused' })
    },
    writeCheckpoints: () => engine.writeCheckpoints(),
    async resume(id) {
      await engine.resume(id)
      if (stateOf(id).status === 'paused') setState(id, { ...stateOf(id), status: 'running' })
    },

    async readFile(cellId, name) {
      const { hash, result } = stateOf(cellId)
      if (!hash || !result) throw new Error(`${name} is not there yet: run the export cell "${cellId}" first.`)
      return engine.readFile(hash, name)
    },
    nearest: engine.nearest,
    umap: engine.umap,
    measureFloor: () => engine.measureFloor(),
    async align(corpusId, file, onProgress, signal) {
      const { hash, result } = stateOf(corpusId)
      if (!hash || !result) throw new Error(`${file} cannot be aligned yet: run the corpus cell "${corpusId}" first.`)
      return engine.align(hash, file, onProgress, signal)
    },
    async sound(corpusId, file, language, startS, endS) {
      const { hash, result } = stateOf(corpusId)
      if (!hash || !result) throw new Error(`${file} cannot be heard yet: run the corpus cell "${corpusId}" first.`)
      return engine.sound(hash, file, language, startS, endS)
    },
  }
}
