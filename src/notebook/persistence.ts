/** What outlives the page: the document, and which runs were going when it was closed. Small, hence localStorage. */
import { type Notebook, parseNotebook } from '../schema/notebook'

const documentKey = 'dubbook:notebook'
const goingKey = 'dubbook:going'

/** @throws when the browser refuses (private window, quota); the message says so. */
export function saveNotebook(notebook: Notebook): void {
  try {
    localStorage.setItem(documentKey, JSON.stringify(notebook))
  } catch (cause) {
    throw new Error(`The notebook could not be saved in this browser (${String(cause)}); download it to keep it.`)
  }
}

/** The notebook of the last visit; null on the first one, or when what is stored is unreadable. */
export function savedNotebook(): Notebook | null {
  try {
    const text = localStorage.getItem(documentKey)
    return text === null ? null : parseNotebook(JSON.parse(text))
  } catch (cause) {
    console.warn('The saved notebook is unreadable and is left out.', cause)
    return null
  }
}

/** Cells that somebody asked to run and that have not finished. */
export interface Going {
  readonly cells: readonly string[]
  /** Somebody, or a full disk, had paused one of them. */
  readonly paused: boolean
  /** How often in a row the page vanished without being closed while they ran. */
  readonly crashes: number
  readonly closed: boolean
}

const nothingGoing: Going = { cells: [], paused: false, crashes: 0, closed: true }

export function saveGoing(going: Going): void {
  try {
    if (going.cells.length === 0) localStorage.removeItem(goingKey)
    else localStorage.setItem(goingKey, JSON.stringify(going))
  } catch (cause) {
    console.warn('Which cells are running could not be noted; they will not go on by themselves.', cause)
  }
}

export function savedGoing(): Going {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(goingKey) ?? 'null')
    if (value === null || typeof value !== 'object' || !('cells' in value) || !Array.isArray(value.cells))
      return nothingGoing
    return {
      cells: value.cells.filter((id) => typeof id === 'string'),
      paused: 'paused' in value && value.paused === true,
      crashes: 'crashes' in value ? Number(value.crashes) || 0 : 0,
      closed: 'closed' in value && value.closed === true,
    }
  } catch {
    return nothingGoing
  }
}
