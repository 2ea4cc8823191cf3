/**
 * Keeps what must outlive the page: saves the document after every edit, has checkpoints written when nobody looks any
 * more, and notes which cells are running, so that a run goes on by itself after a reload; but it waits to be asked where it
 * was paused, and after two crashes in a row.
 */
import { isActive } from './cell-state'
import { savedGoing, saveGoing, saveNotebook } from './persistence'
import type { Session } from './session'

export interface Unfinished {
  /** Cells that were running when the page went. */
  readonly cells: readonly string[]
  /** Why they wait for the user; null when they are to go on at once. */
  readonly waitBecause: 'crashes' | 'paused' | null
}

/** What the last visit left running. Call it before {@link keep}. */
export function unfinished(): Unfinished {
  const { cells, crashes, closed, paused } = savedGoing()
  if (cells.length === 0) return { cells, waitBecause: null }
  if (!closed && crashes + 1 >= 2) return { cells, waitBecause: 'crashes' }
  return { cells, waitBecause: paused ? 'paused' : null }
}

const afterEdit = 300

/**
 * @param left - what {@link unfinished} found
 * @param onProblem - told when the document could not be saved
 */
export function keep(session: Session, left: Unfinished, onProblem: (message: string) => void): void {
  const before = savedGoing()
  const crashes = before.cells.length === 0 || before.closed ? 0 : before.crashes + 1
  /** Cells that nobody has resumed yet: they are still unfinished on the next visit. */
  let waiting = left.cells
  let timer: ReturnType<typeof setTimeout> | undefined
  let going = ''
  const save = () => {
    clearTimeout(timer)
    timer = undefined
    try {
      saveNotebook(session.store.getState().notebook)
    } catch (cause) {
      onProblem(cause instanceof Error ? cause.message : String(cause))
    }
  }
  const noteGoing = (closed: boolean) => {
    const { notebook, cells } = session.store.getState()
    const active = notebook.cells.flatMap(({ id }) => {
      const state = cells[id]
      return state && isActive(state) ? [{ id, paused: state.status === 'paused' }] : []
    })
    waiting = waiting.filter((id) => !active.some((cell) => cell.id === id))
    const all = [...waiting, ...active.map(({ id }) => id)]
    const paused = (left.waitBecause !== null && waiting.length > 0) || active.some((cell) => cell.paused)
    const now = JSON.stringify([all, paused])
    if (!closed && now === going) return
    going = now
    saveGoing({ cells: all, paused, crashes, closed })
  }
  session.store.subscribe((now, before) => {
    if (now.notebook !== before.notebook) timer ??= setTimeout(save, afterEdit)
    // Another notebook is being opened: what waited in the one before waits no more.
    if (before.ready && !now.ready) waiting = []
    if (now.cells !== before.cells) noteGoing(false)
  })
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'hidden') return
    if (timer !== undefined) save()
    void session.writeCheckpoints()
  })
  addEventListener('pagehide', () => {
    if (timer !== undefined) save()
    noteGoing(true)
  })
}
