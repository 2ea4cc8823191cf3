/**
 * One open notebook: its document with undo, the state of every cell, the media it was given and the engine that runs
 * it. The page and the headless runner both act through this and read its store.
 */
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Engine, MediaFile, RecognisedWeights } from '../engine/api'
import type { Floor } from '../schema/floor'
import type { MediaReference, Notebook, SettingValue } from '../schema/notebook'
import { type CellState, checkedAgainst, neverRun } from './cell-state'
import { withMedia, withoutSetting, withSetting, withTitle, withWeights } from './edits'
import { createGpuActions, type GpuActions, type GpuState } from './gpu-actions'
import { cellOf } from './graph'
import { contentKey } from './hash'
import { emptyHistory, type History, remember, stepBack, stepForward } from './history'
import {
  emptyPool,
  type IdentifiedFile,
  joinReferences,
  type MediaPool,
  type MediaState,
  mediaStates,
  needsSamples,
  onlyWeights,
  referencesOf,
  replacedBy,
  withFiles,
  withFolder,
} from './media'
import { isWeightsFile } from './media-kinds'
import { type Recipe, recipeHash, recipeOf } from './recipe'
import { type RunOptions, RunQueue } from './run-queue'
import { fetchSamples } from './samples'

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

export interface Session {
  readonly store: StoreApi<SessionState>
  readonly gpu: GpuActions
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
  /**
   * Adds files to a corpus cell, gives a model cell the one file of weights among them, or a probe cell all of them as the
   * folder of a benchmark; a missing file is recognised by its content. @throws for a cell of another kind, or when no file
   * or several are weights.
   */
  addFiles(cellId: string, files: readonly MediaFile[]): Promise<void>
  /** Adds a model cell with these weights, and cells that use them; returns the model cell's id. */
  addWeights(file: MediaFile): Promise<string>
  /** What a file of weights holds, before it goes anywhere. @throws saying what is wrong with it. */
  inspectWeights(file: MediaFile, cellId?: string): Promise<RecognisedWeights>
  /** Takes files, present or missing, out of a cell. */
  removeFiles(cellId: string, paths: readonly string[]): void
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
  /** Sound of one language of a title, mono at 48 kHz, between two times (s). @throws before the corpus cell has run. */
  sound(corpusId: string, file: string, language: string, startS: number, endS: number): Promise<Float32Array>
}

/** Files of a folder that are looked into at a time. */
const filesAtOnce = 64

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
  let pool: MediaPool = emptyPool
  /** Counts openings, so that what an earlier one still waits for is dropped. */
  let opening = 0

  const description = engine.describe()
  description.then(
    (description) => store.setState({ engine: { description } }),
    (cause: unknown) => store.setState({ engine: { error: cause instanceof Error ? cause.message : String(cause) } }),
  )

  const gpu = createGpuActions(engine, store)
  const notebook = (): Notebook => store.getState().notebook
  const stateOf = (id: string): CellState => store.getState().cells[id] ?? neverRun
  const recipe = (id: string, of = notebook()): Recipe => recipeOf(of, id, (cell) => referencesOf(cell, pool))
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
      media: mediaStates(next, pool),
      cells: Object.fromEntries(
        next.cells.map(({ id, kind }): [string, CellState] => [
          id,
          kind === 'text' ? { status: 'done', losses: [] } : checkedAgainst(cells[id] ?? neverRun, recipe(id, next)),
        ]),
      ),
      canUndo: history.past.length > 0,
      canRedo: history.future.length > 0,
    })
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

  const identify = (files: readonly MediaFile[]): Promise<readonly IdentifiedFile[]> =>
    Promise.all(
      files.map(async ({ path, file }) => {
        const contentHash = await engine.contentHash(file, isWeightsFile(path))
        return { path, file, reference: { path, size: file.size, contentHash } }
      }),
    )
  /** One reference for all files of a folder. */
  const identifyFolder = async (files: readonly MediaFile[]): Promise<MediaReference> => {
    const identified: MediaReference[] = []
    // Benchmarks have thousands of files: not all are opened at once.
    for (let from = 0; from < files.length; from += filesAtOnce)
      identified.push(...(await identify(files.slice(from, from + filesAtOnce))).map(({ reference }) => reference))
    return {
      path: files[0]?.path.split('/')[0] ?? '',
      size: files.reduce((sum, { file }) => sum + file.size, 0),
      contentHash: await contentKey(identified),
    }
  }
  const gatherSamples = async (): Promise<void> => {
    if (pool.samples.length > 0) return
    const samples = await identify(await fetchSamples())
    pool = { ...withFiles(pool, samples), samples: samples.map(({ reference }) => reference) }
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

  return {
    store,
    gpu,
    exportNotebook,

    async open(next, media) {
      queue.clear()
      const mine = ++opening
      const isCurrent = () => mine === opening
      history = emptyHistory
      store.setState({ cells: {}, ready: false })
      let opened = next
      show(opened)
      if (media) {
        const identified = await identify(media)
        pool = withFiles(pool, identified)
        const references = identified.map(({ reference }) => reference)
        for (const { id, kind } of next.cells) if (kind === 'corpus') opened = withMedia(opened, id, references)
      }
      if (needsSamples(opened)) await gatherSamples()
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

    async addFiles(cellId, files) {
      const { kind } = cellOf(notebook(), cellId)
      if (kind !== 'corpus' && kind !== 'model' && kind !== 'probe')
        throw new Error(
          `Cell "${cellId}" takes no files; drop clips on a corpus cell, weights on a model cell, a benchmark's folder on a probe cell.`,
        )
      const mine = opening
      if (kind === 'probe') {
        const folder = await identifyFolder(files)
        if (mine !== opening) return
        pool = withFolder(pool, folder, files)
        edit(withMedia(notebook(), cellId, [folder]), `${cellId}.media`)
        return
      }
      const identified = await identify(kind === 'corpus' ? files : [onlyWeights(files, cellId)])
      if (mine !== opening) return
      pool = withFiles(pool, identified)
      const present = referencesOf(cellOf(notebook(), cellId), pool)
      const references = identified.map(({ reference }) => reference)
      const joined = kind === 'corpus' ? joinReferences(present, references) : [...replacedBy(present, references)]
      const isNew = joined.length !== present.length || joined.some((reference, index) => reference !== present[index])
      if (isNew) edit(withMedia(notebook(), cellId, joined), `${cellId}.media`)
      else show(notebook())
    },
    async addWeights(file) {
      const mine = opening
      const identified = await identify([file])
      const [weights] = identified
      if (mine !== opening || !weights) throw new Error('Another notebook was opened meanwhile.')
      pool = withFiles(pool, identified)
      const added = withWeights(notebook(), weights.reference)
      edit(added.notebook, added.id)
      return added.id
    },
    inspectWeights: (file, cellId) =>
      engine.inspectWeights(file, cellId === undefined ? {} : cellOf(notebook(), cellId).settings),
    removeFiles(cellId, paths) {
      const kept = referencesOf(cellOf(notebook(), cellId), pool).filter(({ path }) => !paths.includes(path))
      edit(withMedia(notebook(), cellId, kept), `${cellId}.media`)
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
    async sound(corpusId, file, language, startS, endS) {
      const { hash, result } = stateOf(corpusId)
      if (!hash || !result) throw new Error(`${file} cannot be heard yet: run the corpus cell "${corpusId}" first.`)
      return engine.sound(hash, file, language, startS, endS)
    },
  }
}
