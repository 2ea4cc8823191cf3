/** A button that gives a model cell a file of weights, for those who do not drag. */
import { useState } from 'react'
import type { Cell } from '../../schema/notebook'
import { takeWeights } from '../actions'
import { chosenFiles } from '../dropped-files'
import { useSession } from '../session-context'

export function WeightsInput({ cell }: { cell: Cell }) {
  const session = useSession()
  const [problem, setProblem] = useState('')
  return (
    <>
      {problem ? (
        <span className="complaint" role="alert">
          {problem}
        </span>
      ) : null}
      <label className="button ghost">
        Weights…
        <input
          className="visually-hidden"
          type="file"
          accept=".safetensors,.pt,.pth,.pyth"
          aria-label="Load weights"
          onChange={(event) => {
            const files = chosenFiles(event.target.files)
            event.target.value = ''
            setProblem('')
            takeWeights(session, files, cell.id).catch((cause: unknown) =>
              setProblem(cause instanceof Error ? cause.message : String(cause)),
            )
          }}
        />
      </label>
    </>
  )
}
