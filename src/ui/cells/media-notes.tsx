/** What is to be known of a cell's files: other contents under their names, new names, and that they are remembered. */
import type { MediaState } from '../../notebook/media'
import type { Cell, MediaReference } from '../../schema/notebook'
import { bytes, plural } from '../format'
import { useSession } from '../session-context'

interface MediaNotesProps {
  readonly cell: Cell
  readonly media: MediaState
  /** Other files have been taken. */
  readonly onChange: () => void
}

const shown = 12

export function MediaNotes({ cell, media, onChange }: MediaNotesProps) {
  const session = useSession()
  const { renamed, remembered } = media
  return (
    <>
      <OtherContents cell={cell} media={media} onChange={onChange} />
      {renamed.length > 0 ? (
        <p className="note" role="status">
          {renamed
            .slice(0, shown)
            .map(({ path, from }) => `${path} is read from ${from}, which has the same content.`)
            .join(' ')}
          {renamed.length > shown ? ` And ${renamed.length - shown} more.` : ''}
        </p>
      ) : null}
      {remembered > 0 ? (
        <p className="note">
          {remembered === 1 ? 'Where one file is' : `Where ${remembered} files are`}, this browser remembers for the
          next visit; nothing is copied.{' '}
          <button type="button" className="ghost" onClick={() => void session.forgetFiles(cell.id)}>
            Forget
          </button>
        </p>
      ) : null}
    </>
  )
}

/** A changed file is never taken by itself: results were made with the other content. */
function OtherContents({ cell, media: { asides }, onChange }: MediaNotesProps) {
  const session = useSession()
  const others = asides.flatMap(({ reference, aside }) => (aside.kind === 'other' ? [{ reference, ...aside }] : []))
  const paths = others.map(({ reference }) => reference.path)
  if (others.length === 0) return null
  const use = (chosen: readonly string[]) => {
    session.takeInstead(cell.id, chosen)
    onChange()
  }
  const it = others.length === 1 ? 'it' : 'them'
  return (
    <div className="warning" role="status">
      <strong>{`${plural(others.length, 'file')} with other content.`}</strong> Results of this notebook were made with
      the content it refers to; what is named here is not used until you say so.
      <ul>
        {others.slice(0, shown).map(({ reference, found, where }) => (
          <li key={reference.path}>
            {reference.path}{' '}
            <span className="quiet">
              {where === 'in its place' ? 'has changed since: ' : 'was dropped with other content: '}
              {sizes(reference, found.reference)}
            </span>
          </li>
        ))}
        {others.length > shown ? <li>{`and ${others.length - shown} more`}</li> : null}
      </ul>
      <button type="button" onClick={() => use(paths)}>
        Use {it} instead
      </button>{' '}
      <button type="button" className="ghost" onClick={() => session.leaveOut(cell.id, paths)}>
        Leave {it} out
      </button>
    </div>
  )
}

const sizes = (before: MediaReference, now: MediaReference): string => {
  const [was, is] = [bytes(before.size), bytes(now.size)]
  return was === is ? `${is} as before` : `${was} before, now ${is}`
}
