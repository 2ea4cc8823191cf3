/** Notes in Markdown; they are read until one asks to edit them. */
import { useState } from 'react'
import { cellTitle } from '../../notebook/cell-titles'
import type { Cell } from '../../schema/notebook'
import { Markdown } from '../markdown'
import { useSession } from '../session-context'

export function TextCell({ cell }: { cell: Cell }) {
  const session = useSession()
  const [editing, setEditing] = useState(false)
  const markdown = String(cell.settings.markdown ?? '')
  const title = cellTitle(cell)
  return (
    <section className="cell" aria-label={title} data-cell={cell.id} data-status="done" tabIndex={-1}>
      <div className="out note-cell">
        <button
          type="button"
          className="ghost"
          aria-label={`${editing ? 'Show' : 'Edit'} ${title}`}
          onClick={() => setEditing(!editing)}
        >
          {editing ? 'Show' : 'Edit'}
        </button>
        {editing ? (
          <textarea
            className="text-editor"
            aria-label="Markdown"
            value={markdown}
            onChange={(event) => session.setSetting(cell.id, 'markdown', event.target.value)}
          />
        ) : (
          <Markdown text={markdown || 'Nothing written yet.'} />
        )}
      </div>
    </section>
  )
}
