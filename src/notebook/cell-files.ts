/**
 * The files of a notebook's cells: given, found again where they were before a reload, exchanged, forgotten. Owns the pool
 * of all that this page holds.
 */
import type { Engine, MediaFile, RecognisedWeights } from '../engine/api'
import type { Cell, MediaReference, Notebook } from '../schema/notebook'
import { withMedia, withWeights } from './edits'
import type { GivenFile } from './file-access'
import { cellOf } from './graph'
import { createHandleStore } from './handle-store'
import { contentKey } from './hash'
import { exchanged, matchDropped } from './match-dropped'
import {
  emptyPool,
  type IdentifiedFile,
  type MediaPool,
  type MediaState,
  mediaState,
  mediaStates,
  needsSamples,
  onlyWeights,
  referencesOf,
  replacedBy,
  withAsides,
  withFiles,
  withFolder,
} from './media'
import { isWeightsFile } from './media-kinds'
import { RememberedFiles } from './remembered-files'
import { fetchSamples } from './samples'

/** What can be done with files from outside; a part of the session. */
export interface FileActions {
  /**
   * Adds files to a corpus cell, gives a model cell the one file of weights among them, or a probe cell all of them as the
   * folder of a benchmark; a missing file is recognised by its content, and one with the name but not the content of a
   * file that is there waits for {@link takeInstead}. @throws for a cell of another kind, or when no file
   * or several are weights.
   */
  addFiles(cellId: string, files: readonly GivenFile[]): Promise<void>
  /** Opens files where they were before a reload, asking for permission: only in answer to a click or a key. */
  openRemembered(): Promise<void>
  /** Forgets where a cell's files are; they stay in the notebook. */
  forgetFiles(cellId: string): Promise<void>
  /** Takes files that have the names of a cell's files, but other content, in their place. */
  takeInstead(cellId: string, paths: readonly string[]): void
  /** Leaves such files out. */
  leaveOut(cellId: string, paths: readonly string[]): void
  /** Adds a model cell with these weights, and cells that use them; returns the model cell's id. */
  addWeights(file: GivenFile): Promise<string>
  /** What a file of weights holds, before it goes anywhere. @throws saying what is wrong with it. */
  inspectWeights(file: MediaFile, cellId?: string): Promise<RecognisedWeights>
  /** Takes files, present or missing, out of a cell. */
  removeFiles(cellId: string, paths: readonly string[]): void
}

/** What the files see of the session. */
export interface FilesHost {
  notebook(): Notebook
  /** Counts notebooks: what an earlier one still waits for is dropped. */
  epoch(): number
  /** Shows a document; with a name for what was changed it can be undone. */
  show(notebook: Notebook): void
  edit(next: Notebook, what: string): void
  /** Nothing but what is known of the files has changed. */
  mediaChanged(): void
}

export interface CellFiles {
  readonly actions: FileActions
  states(notebook: Notebook): Readonly<Record<string, MediaState>>
  references(cell: Cell): readonly MediaReference[]
  /** Keeps where a document's files came from, and forgets those that it no longer refers to. */
  keep(notebook: Notebook): void
  /** Another notebook is about to be opened. */
  leave(): void
  /** Gives every corpus cell these files. */
  give(notebook: Notebook, files: readonly MediaFile[]): Promise<Notebook>
  /** Fetches and finds again what a notebook refers to, as far as nobody needs to be asked. */
  gather(notebook: Notebook): Promise<void>
}

/** Files of a folder that are looked into at a time. */
const filesAtOnce = 64

export function createCellFiles(engine: Engine, host: FilesHost): CellFiles {
  let pool: MediaPool = emptyPool
  const identify = (
    files: readonly GivenFile[],
    isReadWhole: (path: string) => boolean = isWeightsFile,
  ): Promise<readonly IdentifiedFile[]> =>
    Promise.all(
      files.map(async (given) => {
        const { path, file } = given
        const contentHash = await engine.contentHash(file, isReadWhole(path))
        return { ...given, reference: { path, size: file.size, contentHash } }
      }),
    )
  const remembered = new RememberedFiles(createHandleStore(), identify, (contents) => {
    pool = { ...pool, remembered: contents }
    host.mediaChanged()
  })
  /** One reference for all files of a folder. */
  const identifyFolder = async (files: readonly MediaFile[]): Promise<MediaReference> => {
    const identified: MediaReference[] = []
    // Benchmarks have thousands of files: not all are opened at once. In a table of labels one letter may be changed.
    for (let from = 0; from < files.length; from += filesAtOnce) {
      const some = await identify(files.slice(from, from + filesAtOnce), (path) => /\.(json|csv)$/i.test(path))
      identified.push(...some.map(({ reference }) => reference))
    }
    return {
      path: files[0]?.path.split('/')[0] ?? '',
      size: files.reduce((sum, { file }) => sum + file.size, 0),
      contentHash: await contentKey(identified),
    }
  }
  const allReferences = (notebook: Notebook): readonly MediaReference[] =>
    notebook.cells.flatMap((cell) => referencesOf(cell, pool))
  const gatherSamples = async (): Promise<void> => {
    if (pool.samples.length > 0) return
    const samples = await identify(await fetchSamples())
    pool = { ...withFiles(pool, samples), samples: samples.map(({ reference }) => reference) }
  }

  const actions: FileActions = {
    async addFiles(cellId, files) {
      const { kind } = cellOf(host.notebook(), cellId)
      if (kind !== 'corpus' && kind !== 'model' && kind !== 'probe')
        throw new Error(
          `Cell "${cellId}" takes no files; drop clips on a corpus cell, weights on a model cell, a benchmark's folder on a probe cell.`,
        )
      const mine = host.epoch()
      if (kind === 'probe') {
        const folder = await identifyFolder(files)
        if (mine !== host.epoch()) return
        pool = withFolder(pool, folder, files)
        host.edit(withMedia(host.notebook(), cellId, [folder]), `${cellId}.media`)
        return
      }
      const identified = await identify(kind === 'corpus' ? files : [onlyWeights(files, cellId)])
      if (mine !== host.epoch()) return
      const cell = cellOf(host.notebook(), cellId)
      const before = mediaState(cell, pool)
      pool = withFiles(pool, identified)
      remembered.note(identified)
      const present = referencesOf(cell, pool)
      let next = [
        ...replacedBy(
          present,
          identified.map(({ reference }) => reference),
        ),
      ]
      if (kind === 'corpus') {
        const { fresh, others, completed } = matchDropped(present, before.missing, identified)
        pool = withAsides(
          pool,
          others.map(({ reference, found }) => [reference, { kind: 'other', found, where: 'dropped' }]),
        )
        next = exchanged([...present, ...fresh], completed)
      }
      const isNew = next.length !== present.length || next.some((reference, index) => reference !== present[index])
      if (isNew) host.edit(withMedia(host.notebook(), cellId, next), `${cellId}.media`)
      else host.show(host.notebook())
    },
    async openRemembered() {
      const mine = host.epoch()
      const waiting = Object.values(mediaStates(host.notebook(), pool))
        .flatMap(({ asides }) => asides)
        .filter(({ aside }) => aside.kind === 'waiting')
      const found = await remembered.ask(waiting.map(({ reference }) => reference))
      if (mine !== host.epoch()) return
      pool = withAsides(withFiles(pool, found.files), found.asides)
      host.show(host.notebook())
    },
    async forgetFiles(cellId) {
      const { references: forgotten, asides } = mediaState(cellOf(host.notebook(), cellId), pool)
      pool = withAsides(
        pool,
        asides.filter(({ aside }) => aside.kind !== 'other').map(({ reference }) => [reference, null]),
      )
      host.show(host.notebook())
      await remembered.forget(forgotten)
    },
    takeInstead(cellId, paths) {
      const cell = cellOf(host.notebook(), cellId)
      const { references, asides } = mediaState(cell, pool)
      const swaps = asides.flatMap(({ reference, aside }) =>
        aside.kind === 'other' && paths.includes(reference.path) ? [{ reference, found: aside.found }] : [],
      )
      const files = swaps.map(({ found }) => found)
      pool = withAsides(
        withFiles(pool, files),
        swaps.map(({ reference }) => [reference, null]),
      )
      remembered.note(files)
      const next = exchanged(
        references,
        swaps.map(({ reference, found }) => ({ reference, by: { ...found.reference, path: reference.path } })),
      )
      host.edit(withMedia(host.notebook(), cellId, next), `${cellId}.media`)
    },
    leaveOut(cellId, paths) {
      const { asides } = mediaState(cellOf(host.notebook(), cellId), pool)
      pool = withAsides(
        pool,
        asides
          .filter(({ reference, aside }) => aside.kind === 'other' && paths.includes(reference.path))
          .map(({ reference }) => [reference, null]),
      )
      host.show(host.notebook())
    },
    async addWeights(file) {
      const mine = host.epoch()
      const identified = await identify([file])
      const [weights] = identified
      if (mine !== host.epoch() || !weights) throw new Error('Another notebook was opened meanwhile.')
      pool = withFiles(pool, identified)
      remembered.note(identified)
      const added = withWeights(host.notebook(), weights.reference)
      host.edit(added.notebook, added.id)
      return added.id
    },
    inspectWeights: (file, cellId) =>
      engine.inspectWeights(file, cellId === undefined ? {} : cellOf(host.notebook(), cellId).settings),
    removeFiles(cellId, paths) {
      const kept = referencesOf(cellOf(host.notebook(), cellId), pool).filter(({ path }) => !paths.includes(path))
      host.edit(withMedia(host.notebook(), cellId, kept), `${cellId}.media`)
    },
  }
  return {
    actions,
    states: (notebook) => mediaStates(notebook, pool),
    references: (cell) => referencesOf(cell, pool),
    keep: (notebook) => remembered.keep(allReferences(notebook)),
    leave: () => remembered.leave(),
    async give(notebook, files) {
      const identified = await identify(files)
      pool = withFiles(pool, identified)
      const references = identified.map(({ reference }) => reference)
      return notebook.cells
        .filter(({ kind }) => kind === 'corpus')
        .reduce((given, { id }) => withMedia(given, id, references), notebook)
    },
    async gather(notebook) {
      const mine = host.epoch()
      if (needsSamples(notebook)) await gatherSamples()
      const missing = Object.values(mediaStates(notebook, pool)).flatMap((state) => state.missing)
      const { files, asides } = await remembered.find(allReferences(notebook), missing)
      if (mine === host.epoch()) pool = withAsides(withFiles(pool, files), asides)
    },
  }
}
