/** Names the files that a notebook refers to and this page does not have, and opens those that the browser remembers. */
import { useState } from 'react'
import type { MediaState } from '../../notebook/media'
import type { Cell } from '../../schema/notebook'
import { bytes } from '../format'
import { useSession } from '../session-context'

interface MissingFilesProps {
  readonly cell: Cell
  readonly media: MediaState
  readonly onDrop: (paths: readonly string[]) => void
}

const shown = 12

export function MissingFiles({ cell, media: { missing, asides }, onDrop }: MissingFilesProps) {
  const asideOf = new Map(asides.map(({ reference, aside }) => [reference.path, aside]))
  const waiting = missing.filter(({ path }) => asideOf.get(path)?.kind === 'waiting').length
  const notes = missing.slice(0, shown).map(({ path, size }) => {
    const aside = asideOf.get(path)
    return { path, text: [bytes(size), ...(aside?.kind === 'gone' ? [aside.because] : [])].join(', ') }
  })
  return (
    <div className="warning" role="status">
      <strong>{missing.length === 1 ? 'One file is not here.' : `${missing.length} files are not here.`}</strong> A
      notebook only refers to files.{' '}
      {waiting > 0 ? <OpenRemembered cell={cell} waiting={waiting} missing={missing.length} /> : null}
      <p>
        {waiting > 0 ? 'Or drop' : 'Drop'} {missing.length === 1 ? 'it' : 'them, or the folder they are in,'} on the
        page again, under any name: files are recognised by their content.
      </p>
      <ul>
        {notes.map(({ path, text }) => (
          <li key={path}>
            {path} <span className="quiet">{text}</span>
          </li>
        ))}
        {missing.length > shown ? <li>{`and ${missing.length - shown} more`}</li> : null}
      </ul>
      <button type="button" onClick={() => onDrop(missing.map(({ path }) => path))}>
        Go on without {missing.length === 1 ? 'it' : 'them'}
      </button>
    </div>
  )
}

interface OpenRememberedProps {
  readonly cell: Cell
  readonly waiting: number
  readonly missing: number
}

/** The browser knows where files were, and asks before it opens them: only in answer to a click. */
function OpenRemembered({ cell, waiting, missing }: OpenRememberedProps) {
  const session = useSession()
  const [isAsking, setAsking] = useState(false)
  const place =
    waiting < missing ? `${waiting} of them ${waiting === 1 ? 'is' : 'are'}` : waiting === 1 ? 'it is' : 'they are'
  const open = async () => {
    setAsking(true)
    await session.openRemembered().finally(() => setAsking(false))
    const { notebook, media } = session.store.getState()
    for (const { id, kind } of notebook.cells)
      if (kind === 'corpus' && media[id]?.missing.length === 0) await session.runCell(id)
  }
  return (
    <>
      This browser remembers where {place}, and asks you before it opens {waiting === 1 ? 'it' : 'them'}.
      <p>
        <button type="button" className="primary" disabled={isAsking} onClick={() => void open()}>
          Open the {waiting === 1 ? 'remembered file' : `${waiting} remembered files`}
        </button>{' '}
        <button type="button" className="ghost" onClick={() => void session.forgetFiles(cell.id)}>
          Forget {waiting === 1 ? 'it' : 'them'}
        </button>
      </p>
    </>
  )
}
