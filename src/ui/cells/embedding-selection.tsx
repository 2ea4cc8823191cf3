/** Clips caught with the lasso: a list, and a label to paint them with, which leaves as a `labels.csv`. */
import { useState } from 'react'
import type { EmbeddingRow } from '../../engine/api'
import { writeCsv } from '../../formats/csv'
import { download } from '../download'
import { plural } from '../format'
import { type Embeddings, paintedRows, snippetKey, stillOf } from '../plots/embedding-points'
import { ClipName } from './clip-name'

interface EmbeddingSelectionProps {
  readonly embeddings: Embeddings
  /** Rows. */
  readonly caught: ReadonlySet<number>
  /** Labels by snippet. */
  readonly painted: ReadonlyMap<string, string>
  readonly onPaint: (painted: ReadonlyMap<string, string>) => void
  readonly onPlay: (row: EmbeddingRow | undefined) => void
  readonly onClose: () => void
}

const listed = 50

export function EmbeddingSelection({ embeddings, caught, painted, onPaint, onPlay, onClose }: EmbeddingSelectionProps) {
  const [label, setLabel] = useState('')
  const rows = [...caught].flatMap((index) => {
    const row = embeddings.rows[index]
    return row ? [{ index, row }] : []
  })
  const name = label.trim()
  const paint = () => {
    const next = new Map(painted)
    for (const { row } of rows) next.set(snippetKey(row), name)
    onPaint(next)
  }
  const table = () => writeCsv([['file', 'start', 'end', 'painted'], ...paintedRows(embeddings, painted)])
  return (
    <section className="clip-list" aria-label="Selected clips">
      <div className="toolbar">
        <h3>{plural(rows.length, 'selected point')}</h3>
        <button type="button" className="ghost" onClick={onClose}>
          Clear
        </button>
      </div>
      <form
        className="toolbar"
        onSubmit={(event) => {
          event.preventDefault()
          if (name) paint()
        }}
      >
        <label>
          Label
          <input type="text" value={label} maxLength={80} onChange={(event) => setLabel(event.target.value)} />
        </label>
        <button type="submit" disabled={!name}>
          Paint
        </button>
        {painted.size > 0 ? (
          <>
            <button
              type="button"
              onClick={() => download(new Blob([table()], { type: 'text/csv' }), 'labels.csv')}
            >{`Download labels.csv (${painted.size})`}</button>
            <button type="button" className="ghost" onClick={() => onPaint(new Map())}>
              Forget labels
            </button>
          </>
        ) : null}
      </form>
      <ul>
        {rows.slice(0, listed).map(({ index, row }) => (
          <li key={index}>
            <ClipName row={row} still={stillOf(embeddings, row)} onPlay={onPlay} />
            {painted.has(snippetKey(row)) ? <span className="quiet">{painted.get(snippetKey(row))}</span> : null}
          </li>
        ))}
      </ul>
      {rows.length > listed ? <p className="note">{`and ${rows.length - listed} more`}</p> : null}
    </section>
  )
}
