/** What can be done from anywhere on the page; the head, the keyboard and the command palette all use these. */

import { cellTitle } from '../notebook/cell-titles'
import type { GivenFile } from '../notebook/file-access'
import { onlyWeights } from '../notebook/media'
import { isCorpusFile, isNotebookFile, isRunFile, isWeightsFile } from '../notebook/media-kinds'
import type { Session } from '../notebook/session'
import { parseNotebook } from '../schema/notebook'
import { download } from './download'

/**
 * Adds dropped clips to a corpus cell and runs it; weights go to the model cell they were dropped on, or make one of their
 * own; an exported run joins the run history; a notebook is opened instead. @throws when a file of weights is none; nothing has changed then.
 */
export async function takeFiles(session: Session, files: readonly GivenFile[], cellId?: string): Promise<void> {
  const notebook = files.find(({ path }) => isNotebookFile(path))
  if (notebook) return openNotebookFile(session, notebook.file)
  const runs = files.filter(({ path }) => isRunFile(path))
  for (const { file } of runs) await session.runs.importRun(file)
  if (runs.length > 0 && runs.length === files.length) return
  const { cells } = session.store.getState().notebook
  const weights = files.filter(({ path }) => isWeightsFile(path))
  const isOnModel = cells.some(({ id, kind }) => id === cellId && kind === 'model')
  if (cellId !== undefined && isOnModel) return takeWeights(session, files, cellId)
  for (const file of weights) {
    await session.inspectWeights(file)
    showCell(await session.addWeights(file))
  }
  if (weights.length > 0 && !files.some(({ path }) => isCorpusFile(path))) return
  const corpora = cells.filter(({ kind }) => kind === 'corpus')
  const corpus = corpora.find(({ id }) => id === cellId) ?? corpora[0]
  if (!corpus) throw new Error('This notebook has no cell that takes clips.')
  // A single odd file gets its message in the cell; what lies around in a folder is left out silently.
  const wanted = files.length === 1 ? files : files.filter(({ path }) => isCorpusFile(path))
  if (wanted.length === 0)
    throw new Error(`Among ${files.length} dropped files is no film, no sound and no label table (.csv).`)
  await takeClips(session, wanted, corpus.id)
}

/** Adds clips to a corpus cell and runs it, unless files are still missing: it says which. */
export async function takeClips(session: Session, files: readonly GivenFile[], cellId: string): Promise<void> {
  if (files.length > 0) await session.addFiles(cellId, files)
  if (session.store.getState().media[cellId]?.missing.length === 0) await session.runCell(cellId)
}

/** Gives a model cell the file of weights among some; it runs once its pooling is chosen. @throws as {@link takeFiles}. */
export async function takeWeights(session: Session, files: readonly GivenFile[], cellId: string): Promise<void> {
  await session.inspectWeights(onlyWeights(files, cellId), cellId)
  await session.addFiles(cellId, files)
}

/** @throws saying what is wrong with the file. */
export async function openNotebookFile(session: Session, file: File): Promise<void> {
  let content: unknown
  try {
    content = JSON.parse(await file.text())
  } catch (cause) {
    throw new Error(`${file.name}: This is no notebook: it is not JSON (${String(cause)}).`)
  }
  await session.open(parseNotebook(content))
}

export function downloadNotebook(session: Session): void {
  const name = session.store
    .getState()
    .notebook.title.replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')
  const blob = new Blob([session.exportNotebook()], { type: 'application/json' })
  download(blob, `${(name || 'notebook').toLowerCase().slice(0, 60)}.dubbook.json`)
}

/** Scrolls to a cell, once it is drawn, and focuses it, so that Shift+Enter runs it. */
export function showCell(id: string): void {
  requestAnimationFrame(() => scrollToCell(id))
}

function scrollToCell(id: string): void {
  const cell = document.querySelector<HTMLElement>(`[data-cell="${CSS.escape(id)}"]`)
  cell?.scrollIntoView({
    block: 'start',
    behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth',
  })
  cell?.focus({ preventScroll: true })
}

export interface Command {
  readonly name: string
  readonly keys?: string
  readonly act: () => void
}

const apple = /Mac|iP(hone|ad|od)/.test(navigator.platform)
const control = apple ? '⌘' : 'Ctrl+'
export const paletteKeys = `${control}K`

/** Everything the palette offers. */
export const commands = (session: Session, chooseNotebook: () => void, openGpu: () => void): readonly Command[] => {
  const { notebook } = session.store.getState()
  return [
    { name: 'Run all', keys: `${control}Enter`, act: () => void session.runAll() },
    { name: 'Stop', keys: 'Esc', act: () => session.stop() },
    { name: 'Undo', keys: `${control}Z`, act: () => session.undo() },
    { name: 'Redo', keys: apple ? '⇧⌘Z' : 'Ctrl+Shift+Z', act: () => session.redo() },
    ...notebook.cells
      .filter(({ kind }) => kind !== 'text')
      .map((cell) => ({
        name: `Run ${cellTitle(cell)}`,
        act: () => {
          showCell(cell.id)
          void session.runCell(cell.id)
        },
      })),
    ...notebook.cells.map((cell) => ({ name: `Go to ${cellTitle(cell)}`, act: () => showCell(cell.id) })),
    { name: 'Check this GPU…', act: openGpu },
    { name: 'Open a notebook…', act: chooseNotebook },
    { name: 'Download this notebook', act: () => downloadNotebook(session) },
  ]
}
