/** Names the files that a notebook refers to and this page does not have. */
import type { MediaReference } from '../../schema/notebook'
import { bytes } from '../format'

interface MissingFilesProps {
  readonly missing: readonly MediaReference[]
  readonly onDrop: (paths: readonly string[]) => void
}

const shown = 12

export function MissingFiles({ missing, onDrop }: MissingFilesProps) {
  return (
    <div className="warning" role="status">
      <strong>{missing.length === 1 ? 'One file is not here.' : `${missing.length} files are not here.`}</strong> A
      notebook only refers to files; drop them on the page again, under any name: they are recognised by their content.
      <ul>
        {missing.slice(0, shown).map(({ path, size }) => (
          <li key={path}>
            {path} <span className="quiet">{bytes(size)}</span>
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
