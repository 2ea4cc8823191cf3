/** One clip and those that lie nearest to it, by cosine in the space that is shown. */
import { useQuery } from '@tanstack/react-query'
import type { EmbeddingRow } from '../../engine/api'
import { type EmbeddingSpace, vectorFile } from '../../schema/embedding-space'
import { cosine } from '../format'
import { type Embeddings, rowsIn, stillOf } from '../plots/embedding-points'
import { useSession } from '../session-context'
import { ClipName } from './clip-name'

interface NeighbourListProps {
  readonly embeddings: Embeddings
  readonly space: EmbeddingSpace
  readonly row: number
  readonly onChoose: (row: number) => void
  readonly onPlay: (row: EmbeddingRow | undefined) => void
  readonly onClose: () => void
}

const count = 8

export function NeighbourList({ embeddings, space, row, onChoose, onPlay, onClose }: NeighbourListProps) {
  const session = useSession()
  const { hash, step, rows } = embeddings
  const inSpace = rowsIn(embeddings, space)
  const position = inSpace.indexOf(row)
  const file = vectorFile(space, step)
  const { data, error } = useQuery({
    queryKey: ['nearest', hash, file, position],
    enabled: position >= 0,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    queryFn: () => session.nearest(hash, file, position, count),
  })
  const own = rows[row]
  if (!own) return null
  return (
    <section className="clip-list" aria-label="Nearest neighbours">
      <div className="toolbar">
        <h3>Nearest neighbours</h3>
        <button type="button" className="ghost" onClick={onClose}>
          Close
        </button>
      </div>
      <ClipName row={own} still={stillOf(embeddings, own)} onPlay={onPlay} />
      {error ? (
        <p className="error" role="alert">
          {error.message}
        </p>
      ) : null}
      <ol>
        {(data ?? []).map((neighbour) => {
          const index = inSpace[neighbour.row] ?? 0
          const other = rows[index]
          return other ? (
            <li key={index}>
              <ClipName
                row={other}
                still={stillOf(embeddings, other)}
                onPlay={onPlay}
                onChoose={() => onChoose(index)}
              />
              <span className="number" title="cosine">
                {cosine(neighbour.cosine)}
              </span>
            </li>
          ) : null
        })}
      </ol>
    </section>
  )
}
