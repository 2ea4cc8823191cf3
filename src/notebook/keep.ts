/**
 * Keeps what must outlive the page: saves the document after every edit, and notes which cells are running, so that a
 * run goes on by itself after a reload, but waits to be asked after two crashes in a row.
 */
import { isActive } from './cell-state'
import { savedGoing, saveGoing, saveNotebook } from './persistence'
import type { Session } from './session'

export interface Unfinished {
  /** Cells that were running when the page went. */
  readonly cells: readonly string[]
  /** Whether to wait for the user. */
  readonly wait: boolean
}

/** What the last visit left running. Call it before {@link keep}. */
export function unfinished(): Unfinished {
  const { cells, crashes, closed } = savedGoing()
  return { cells, wait: !closed && crashes + 1 >= 2 }
}

const afterEdit = 300

/** @param onProblem - told when the document could not be saved */
export function keep(session: Session, onProblem: (message: string) => void): void {
  const before = savedGoing()
  const crashes = before.cells.length === 0 || before.closed ? 0 : before.crashes + 1
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
    const active = notebook.cells.filter(({ id }) => {
      const state = cells[id]
      return state !== undefined && isActive(state)
    })
    const ids = active.map(({ id }) => id)
    if (!closed && ids.join() === going) return
    going = ids.join()
    saveGoing({ cells: ids, crashes, closed })
  }
  session.store.subscribe((now, before) => {
    if (now.notebook !== before.notebook) timer ??= setTimeout(save, afterEdit)
    if (now.cells !== before.cells) noteGoing(false)
  })
  addEventListener('pagehide', () => {
    if (timer !== undefined) save()
    noteGoing(true)
  })
}
