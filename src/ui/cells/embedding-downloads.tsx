/** The embeddings as files, straight from the cell that made them. */
import { useState } from 'react'
import type { Cell } from '../../schema/notebook'
import { download } from '../download'
import { useSession } from '../session-context'

const files = [
  ['embeddings-audio.npy', 'NumPy, sound'],
  ['embeddings-video.npy', 'NumPy, picture'],
  ['projections.npy', 'NumPy, projections'],
  ['embeddings-values.csv', 'CSV'],
  ['embeddings.parquet', 'Parquet'],
  ['embeddings-windows.zip', 'every window, the authors’ layout'],
] as const

export function EmbeddingDownloads({ cell }: { cell: Cell }) {
  const session = useSession()
  const [problem, setProblem] = useState('')
  const take = async (name: string) => {
    try {
      setProblem('')
      download(await session.readFile(cell.id, name), name)
    } catch (cause) {
      setProblem(cause instanceof Error ? cause.message : String(cause))
    }
  }
  return (
    <section className="toolbar" aria-label="Download embeddings">
      {files.map(([name, what]) => (
        <button key={name} type="button" aria-label={`Download ${name}`} onClick={() => void take(name)}>
          {what}
        </button>
      ))}
      {problem ? (
        <p className="error" role="alert">
          {problem}
        </p>
      ) : null}
    </section>
  )
}
