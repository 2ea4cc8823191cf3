/**
 * Brings cells up to date one after the other: queues a cell behind its stale ancestors, asks the engine for a stored
 * result before computing one, and turns what happens into cell states.
 */
import type { CellResult, Engine, Progress } from '../engine/api'
import type { Cell, CellKind, Notebook } from '../schema/notebook'
import { settingsOf } from '../schema/settings'
import type { CellState } from './cell-state'
import { cellTitle } from './cell-titles'
import { finishedRuns, MissingRunsError } from './finished-runs'
import { ancestorsOf, cellOf } from './graph'
import { variantsBefore } from './lineage'
import { type MediaState, missingMessage } from './media'
import { ProgressListener } from './progress-listener'
import { type FingerprintOf, type Recipe, type RecipeKeys, recipeHash, recipeKeys } from './recipe'

/** What the queue sees of the session. */
export interface RunHost {
  notebook(): Notebook
  stateOf(id: string): CellState
  setState(id: string, state: CellState): void
  recipe(id: string): Recipe
  media(id: string): MediaState | undefined
  /** Rejects, saying why, when there is no engine. */
  readonly fingerprint: FingerprintOf
  /** Resolves once the GPU is known to compute what a cell of this kind needs. */
  prepareGpu(kind: CellKind, onProgress: (progress: Progress) => void, signal: AbortSignal): Promise<void>
  notebookJson(): string
}

export interface RunOptions {
  /** Also trains what a variant starts from, where that has not been trained. */
  readonly withParents?: boolean
}

interface Entry {
  readonly id: string
  /** The state to return to when the run is stopped. */
  readonly before: CellState
  readonly withParents: boolean
  readonly finished: Promise<void>
  readonly finish: () => void
}

export class RunQueue {
  readonly #engine: Engine
  readonly #host: RunHost
  #waiting: readonly Entry[] = []
  #current: { readonly entry: Entry; readonly abort: AbortController } | null = null
  /** Result hashes of corpus cells whose media the engine holds since this page opened. */
  readonly #held = new Set<string>()

  /** Counts notebooks: what a run of an earlier one still has to say is dropped. */
  #epoch = 0

  constructor(engine: Engine, host: RunHost) {
    this.#engine = engine
    this.#host = host
  }

  /**
   * Runs these cells after whatever they need, and resolves when all have settled, well or not.
   * A pretraining whose parent has not been trained fails, unless parents are asked for.
   */
  async enqueue(ids: readonly string[], { withParents = false }: RunOptions = {}): Promise<void> {
    const notebook = this.#host.notebook()
    const wanted = new Set<string>()
    for (const id of ids) {
      for (const above of ancestorsOf(notebook, id)) if (this.needsRun(above)) wanted.add(above.id)
      if (cellOf(notebook, id).kind !== 'text') wanted.add(id)
    }
    const going = [...(this.#current ? [this.#current.entry] : []), ...this.#waiting]
    const fresh = notebook.cells
      .filter(({ id }) => wanted.has(id) && !going.some((entry) => entry.id === id))
      .map(({ id }) => newEntry(id, this.#host.stateOf(id), withParents))
    for (const { id, before } of fresh) this.#host.setState(id, { ...before, status: 'queued' })
    const order = notebook.cells.map(({ id }) => id)
    this.#waiting = [...this.#waiting, ...fresh].sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id))
    const awaited = [...going, ...fresh].filter(({ id }) => wanted.has(id))
    void this.#drain()
    await Promise.all(awaited.map(({ finished }) => finished))
  }

  /** Whether a cell has to run before what reads from it can. */
  needsRun(cell: Cell): boolean {
    if (cell.kind === 'text') return false
    const { status, hash } = this.#host.stateOf(cell.id)
    if (status !== 'done') return true
    // A stored table of titles is not enough: the engine must hold the media, if they are all here.
    const media = cell.kind === 'corpus' ? this.#host.media(cell.id) : undefined
    return media !== undefined && media.missing.length === 0 && !this.#held.has(hash ?? '')
  }

  /** Stops one cell, or everything. What was there before stays. */
  stop(id?: string): void {
    const gone = this.#waiting.filter((entry) => id === undefined || entry.id === id)
    this.#waiting = this.#waiting.filter((entry) => !gone.includes(entry))
    for (const entry of gone) {
      this.#host.setState(entry.id, entry.before)
      entry.finish()
    }
    if (this.#current && (id === undefined || this.#current.entry.id === id)) this.#current.abort.abort()
  }

  /** Stops everything for good, because another notebook takes the place of this one. */
  clear(): void {
    this.stop()
    this.#epoch++
  }

  async #drain(): Promise<void> {
    if (this.#current) return
    for (;;) {
      const [entry, ...rest] = this.#waiting
      if (!entry) return
      this.#waiting = rest
      const abort = new AbortController()
      this.#current = { entry, abort }
      try {
        await this.#execute(entry, abort.signal)
      } finally {
        this.#current = null
        entry.finish()
      }
    }
  }

  async #execute(entry: Entry, signal: AbortSignal): Promise<void> {
    const { id, before, withParents } = entry
    const epoch = this.#epoch
    const set = (state: CellState): void => {
      if (epoch === this.#epoch) this.#host.setState(id, state)
    }
    const notebook = this.#host.notebook()
    const cell = cellOf(notebook, id)
    // All that the run depends on is read now: an edit while it waits for something must not mix into it.
    const recipe = this.#host.recipe(id)
    const above = ancestorsOf(notebook, id).map((cell) => ({ ...cell, recipe: this.#host.recipe(cell.id) }))
    const broken = above.find((cell) => ['failed', 'skipped'].includes(this.#host.stateOf(cell.id).status))
    if (broken) {
      const error = `Not run: "${cellTitle(broken)}" above has failed.`
      set({ status: 'skipped', error, losses: [], recipe })
      return
    }
    const startedAt = Date.now()
    const { error: _, staleBecause: __, progress: ___, ...kept } = before
    set({ ...kept, status: 'running', startedAt, recipe })
    const listener = new ProgressListener(() => this.#host.stateOf(id), set)
    try {
      await this.#host.prepareGpu(cell.kind, listener.hear, signal)
      const keys = await recipeKeys(recipe, this.#host.fingerprint)
      const { hash } = keys
      const losses = before.hash === hash ? before.losses : []
      set({ ...this.#host.stateOf(id), hash, losses })
      const result = await this.#compute({ cell, recipe, above, withParents }, keys, listener.hear, signal)
      listener.close()
      set({
        status: 'done',
        hash,
        result,
        recipe,
        losses: result.kind === 'pretrain' ? result.losses : [],
        startedAt,
        durationS: (Date.now() - startedAt) / 1000,
        ...(result.kind === 'pretrain' ? { progress: this.#host.stateOf(id).progress } : {}),
      })
    } catch (cause) {
      listener.close()
      if (signal.aborted) set(stopped(before, this.#host.stateOf(id)))
      else {
        const { losses, hash } = this.#host.stateOf(id)
        const error = cause instanceof Error ? cause.message : String(cause)
        const missingRuns = cause instanceof MissingRunsError ? { missingRuns: cause.runs } : {}
        set({ status: 'failed', error, recipe, losses, hash, startedAt, ...missingRuns })
      }
    }
  }

  async #compute(
    { cell, recipe, above, withParents }: Work,
    { hash, planKey }: RecipeKeys,
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<CellResult> {
    const media = this.#host.media(cell.id)
    if (media && cell.kind === 'corpus') {
      if (media.references.length === 0)
        throw new Error('There are no clips yet: drop video files anywhere on the page, or press "Add files".')
      if (media.missing.length > 0) throw new Error(missingMessage(media.missing))
    } else {
      const stored = await this.#engine.load(cell.kind, hash)
      signal.throwIfAborted()
      if (stored) return stored
      // Weights above are stored with their cell's result; clips must be here.
      const needed = [cell, ...above.filter(({ kind }) => kind === 'corpus')]
      const missing = needed.flatMap(({ id }) => this.#host.media(id)?.missing ?? [])
      if (missing.length > 0) throw new Error(missingMessage(missing))
    }
    const upstream = await Promise.all(
      above
        .filter(({ kind }) => kind !== 'text')
        .map(async (cell) => ({
          kind: cell.kind,
          hash: await recipeHash(cell.recipe, this.#host.fingerprint),
          settings: settingsOf(cell),
        })),
    )
    const common = { cellId: cell.id, kind: cell.kind, seed: recipe.seed, upstream }
    const options = { mayRun: withParents || !isEmpty(cell.settings.reproduce), onProgress, signal }
    if (cell.kind === 'pretrain') variantsBefore(cell.settings)
    const runsBefore = await finishedRuns(this.#engine, recipe, common, this.#host.fingerprint, options)
    const result = await this.#engine.run(
      {
        ...common,
        settings: recipe.settings,
        hash,
        ...(planKey === undefined ? {} : { planKey }),
        ...(runsBefore.length > 0 ? { runsBefore } : {}),
        ...(media ? { files: media.files } : {}),
        ...(recipe.tracks ? { tracks: recipe.tracks } : {}),
        ...(cell.kind === 'export' ? { notebookJson: this.#host.notebookJson() } : {}),
      },
      onProgress,
      signal,
    )
    if (cell.kind === 'corpus') this.#held.add(hash)
    return result
  }
}

/** A cell with all that its run depends on. */
interface Work {
  readonly cell: Cell
  readonly recipe: Recipe
  readonly above: readonly (Cell & { readonly recipe: Recipe })[]
  readonly withParents: boolean
}

const isEmpty = (text: unknown): boolean => text === undefined || text === ''

function newEntry(id: string, before: CellState, withParents: boolean): Entry {
  let finish = (): void => undefined
  const finished = new Promise<void>((resolve) => {
    finish = resolve
  })
  return { id, before, withParents, finished, finish: () => finish() }
}

/** After a stop the earlier result counts again; without one the cell says that it was stopped. */
function stopped(before: CellState, now: CellState): CellState {
  if (before.result) return { ...before, status: 'done' }
  return {
    status: 'stale',
    staleBecause: 'stopped before it finished',
    losses: now.losses,
    hash: now.hash,
    ...(now.progress ? { progress: { ...now.progress, paused: false } } : {}),
  }
}
