/** What the notebook made, as files to take along. */

import { useState } from 'react'
import type { Cell } from '../../schema/notebook'
import { CellFrame } from '../cell-frame'
import { download } from '../download'
import { bytes } from '../format'
import { useCellState, useSession } from '../session-context'

export function ExportCell({ cell }: { cell: Cell }) {
  const session = useSession()
  const { result } = useCellState(cell.id)
  const [problem, setProblem] = useState('')
  const files = result?.kind === 'export' ? result.files : []
  const take = async (name: string) => {
    try {
      setProblem('')
      const blob = await session.readFile(cell.id, name)
      download(blob, name)
    } catch (cause) {
      setProblem(cause instanceof Error ? cause.message : String(cause))
    }
  }
  return (
    <CellFrame cell={cell}>
      {problem ? (
        <p className="error" role="alert">
          {problem}
        </p>
      ) : null}
      {files.length > 0 ? (
        <table>
          <thead>
            <tr>
              <th scope="col">File</th>
              <th scope="col" className="number">
                Size
              </th>
              <th scope="col">
                <span className="visually-hidden">Download</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {files.map((file) => (
              <tr key={file.name}>
                <td>{file.name}</td>
                <td className="number">{bytes(file.bytes)}</td>
                <td className="actions">
                  <button type="button" aria-label={`Download ${file.name}`} onClick={() => void take(file.name)}>
                    Download
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <p className="empty">
          Weights (safetensors and PyTorch, with the paper’s names), embeddings, losses and this notebook.
        </p>
      )}
    </CellFrame>
  )
}
