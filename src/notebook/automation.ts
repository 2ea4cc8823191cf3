/**
 * The notebook's side of the headless runner (`scripts/headless.mjs`). Under `?automation` the page shows no notebook; a
 * global `dubbook` opens one, runs it through the same session as the page does, and hands out report and files.
 */
import type { MediaFile } from '../engine/api'
import { type Notebook, parseNotebook } from '../schema/notebook'
import type { CellStatus } from './cell-state'
import { withSetting } from './edits'
import { cellOf } from './graph'
import { isNotebookFile } from './media-kinds'
import { buildReport, type Report } from './report'
import type { Session, SessionState } from './session'

/** What `window.dubbook` offers to the runner. */
export interface Automation {
  /** A hidden folder chooser for one cell, or for the clips; the runner fills it, {@link Automation.open} reads it. */
  folderInput(cellId?: string): HTMLInputElement
  /**
   * Opens a notebook from its text, with `cell.setting=value` (or `seed=value`) applied. The folder of clips, if there is
   * one, replaces the media of every corpus cell; the other folders go to their cells.
   * @throws saying what is wrong with the notebook, a setting or a folder.
   */
  open(notebookText: string, assignments: readonly string[]): Promise<void>
  /** Runs everything; says how it goes in the console. */
  run(): Promise<void>
  stop(): void
  report(): Promise<Report>
  /** What the export cells have made, and the probe cells of benchmarks. */
  files(): readonly { readonly cellId: string; readonly name: string; readonly bytes: number }[]
  /** Bytes [start, end) of one of these files, as base64. */
  read(cellId: string, name: string, start: number, end: number): Promise<string>
}

declare global {
  var dubbook: Automation | undefined
}

/** Lines of a running cell are at least this far apart. */
const lineEveryMs = 2000
/** A cell that waits for room in storage looks for it so often. */
const tryAgainMs = 30_000
/** Failures are told at the end, with their causes. */
const toldStatuses: ReadonlySet<CellStatus> = new Set(['running', 'paused', 'done'])

/** Whether a page of this address is driven by the headless runner. */
export const isAutomated = (address: string): boolean => new URL(address).searchParams.has('automation')

function assign(notebook: Notebook, assignment: string): Notebook {
  const [, target = '', value = ''] = /^([^=]*)=(.*)$/s.exec(assignment) ?? []
  if (target === 'seed') return parseNotebook({ ...notebook, seed: value === '' ? value : Number(value) })
  const [cellId = '', key = '', ...rest] = target.split('.')
  if (cellId === '' || key === '' || rest.length > 0)
    throw new Error(`--set ${assignment}: expected cell.setting=value or seed=value.`)
  return withSetting(notebook, cellId, key, value)
}

/** A variant replaces what it decides, so it comes before what else is set, wherever it stands on the command line. */
const variantsFirst = (assignments: readonly string[]): readonly string[] => {
  const choosesVariant = (assignment: string) => /^[^.=]+\.variant=/.test(assignment)
  return [...assignments.filter(choosesVariant), ...assignments.filter((assignment) => !choosesVariant(assignment))]
}

const byPath = (a: MediaFile, b: MediaFile): number => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)

/**
 * The files of a folder in a fixed order, without hidden ones and notebooks; paths start inside the folder, or, where its
 * name tells something, with it.
 */
const filesOf = (input: HTMLInputElement, named = false): readonly MediaFile[] =>
  [...(input.files ?? [])]
    .map((file) => ({
      file,
      path:
        file.webkitRelativePath
          .split('/')
          .slice(named ? 0 : 1)
          .join('/') || file.name,
    }))
    .filter(({ path }) => !path.split('/').some((part) => part.startsWith('.')) && !isNotebookFile(path))
    .sort(byPath)

function describeProgress(id: string, { progress }: SessionState['cells'][string]): string {
  if (!progress) return `${id}: running`
  const share = progress.fraction === undefined ? '' : `, ${Math.round(progress.fraction * 100)} %`
  const left = progress.remainingS === undefined ? '' : `, ${Math.ceil(progress.remainingS)} s left`
  return `${id}: ${progress.message}${share}${left}`
}

/** Writes a line when a cell changes its status, and now and then while it runs. */
function tellProgress(session: Session): void {
  let lastLine = 0
  session.store.subscribe(({ cells, notebook }, before) => {
    for (const { id, kind } of notebook.cells) {
      const now = cells[id]
      const then = before.cells[id]
      if (!now || now === then || kind === 'text') continue
      const isNews = now.status !== then?.status && toldStatuses.has(now.status)
      if (now.status !== 'running' && !isNews) continue
      if (!isNews && Date.now() - lastLine < lineEveryMs) continue
      lastLine = Date.now()
      const took = now.durationS === undefined ? '' : ` in ${now.durationS.toFixed(1)} s`
      console.info(now.status === 'running' ? describeProgress(id, now) : `${id}: ${now.status}${took}`)
    }
  })
}

/** Nobody sits before a page without a window: what waits for room tries again by itself, and says so. */
function tryAgain(session: Session): void {
  session.store.subscribe(({ cells }, before) => {
    for (const [id, { status, progress }] of Object.entries(cells)) {
      const problem = progress?.problem
      if (status !== 'paused' || problem === undefined || before.cells[id]?.progress?.problem === problem) continue
      console.warn(`${id}: ${problem} Trying again every ${tryAgainMs / 1000} s.`)
      setTimeout(() => void session.resume(id), tryAgainMs)
    }
  })
}

/** Puts `dubbook` into the page's global scope. */
export function installAutomation(session: Session): void {
  /** By cell; the empty name is that of the clips. */
  const inputs = new Map<string, HTMLInputElement>()
  const state = () => session.store.getState()
  tellProgress(session)
  tryAgain(session)

  globalThis.dubbook = {
    folderInput(cellId = '') {
      const input = document.createElement('input')
      input.type = 'file'
      input.multiple = true
      input.webkitdirectory = true
      input.hidden = true
      inputs.set(cellId, input)
      document.body.append(input)
      return input
    },
    async open(notebookText, assignments) {
      let parsed: unknown
      try {
        parsed = JSON.parse(notebookText)
      } catch (cause) {
        throw new Error(`This is no notebook: it is not JSON (${cause instanceof Error ? cause.message : cause}).`)
      }
      const notebook = variantsFirst(assignments).reduce(assign, parseNotebook(parsed))
      const folders = [...inputs].filter(([cellId]) => cellId !== '')
      for (const [cellId] of folders) cellOf(notebook, cellId)
      const clips = inputs.get('')
      await session.open(notebook, clips ? filesOf(clips) : undefined)
      for (const [cellId, input] of folders)
        await session.addFiles(cellId, filesOf(input, cellOf(notebook, cellId).kind === 'probe'))
    },
    run: () => session.runAll({ withParents: true }),
    stop: () => session.stop(),
    async report() {
      // Variants that no cell has used are checked by now too.
      if (state().engine.description?.check) await session.gpu.check(false)
      return buildReport(state().notebook, state().cells, state().engine.description)
    },
    files: () =>
      Object.entries(state().cells).flatMap(([cellId, { status, result }]) =>
        status === 'done' && (result?.kind === 'export' || result?.kind === 'probe')
          ? result.files.map((file) => ({ cellId, ...file }))
          : [],
      ),
    async read(cellId, name, start, end) {
      const piece = (await session.readFile(cellId, name)).slice(start, end)
      const reader = new FileReader()
      const done = new Promise<void>((resolve, reject) => {
        reader.onload = () => resolve()
        reader.onerror = () => reject(reader.error)
      })
      reader.readAsDataURL(piece)
      await done
      // `data:...;base64,` stands before the content.
      return String(reader.result).split(',')[1] ?? ''
    },
  }
}
