/** Tells screen readers when a cell finishes or fails, without moving the focus. */
import { useEffect, useState } from 'react'
import { cellTitle } from '../notebook/cell-titles'
import { useSession } from './session-context'

export function Announcer() {
  const session = useSession()
  const [message, setMessage] = useState('')
  useEffect(
    () =>
      session.store.subscribe((now, before) => {
        for (const cell of now.notebook.cells) {
          const status = now.cells[cell.id]?.status
          const was = before.cells[cell.id]?.status
          if (was === 'running' && (status === 'done' || status === 'failed'))
            setMessage(`${cellTitle(cell)}: ${status}.`)
        }
      }),
    [session],
  )
  return (
    <div className="visually-hidden" aria-live="polite">
      {message}
    </div>
  )
}
