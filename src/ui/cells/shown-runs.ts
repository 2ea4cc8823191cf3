/** The probed runs of this notebook, as the results table shows them. */
import { useMemo } from 'react'
import { cellTitle } from '../../notebook/cell-titles'
import { ancestorsOf } from '../../notebook/graph'
import type { OwnRun } from '../../notebook/paper/results-table'
import { variantOf } from '../../schema/variants'
import { useSessionState } from '../session-context'

/** A run with the cell that holds it. */
export interface ShownRun extends OwnRun {
  readonly cellId: string
  readonly files: readonly string[]
}

/** Every probe cell that has a result, with the run that its weights are of. */
export function useShownRuns(): readonly ShownRun[] {
  const notebook = useSessionState((state) => state.notebook)
  const cells = useSessionState((state) => state.cells)
  return useMemo(
    () =>
      notebook.cells.flatMap((cell): ShownRun[] => {
        const result = cells[cell.id]?.result
        if (result?.kind !== 'probe') return []
        const trained = ancestorsOf(notebook, cell.id).findLast(({ kind }) => kind === 'pretrain')
        const training = trained && cells[trained.id]?.result
        const run = training?.kind === 'pretrain' ? training.metrics.runs.at(-1) : undefined
        return [
          {
            cellId: cell.id,
            name: cellTitle(cell),
            variant: trained ? (variantOf(trained.settings)?.name ?? null) : null,
            instances: run?.instances ?? null,
            tasks: result.metrics.tasks,
            files: result.files.map(({ name }) => name),
          },
        ]
      }),
    [notebook, cells],
  )
}
