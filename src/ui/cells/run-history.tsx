/** The pretraining runs that this browser keeps: compare, branch, rename, export, delete, and take in those of others. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Cell } from '../../schema/notebook'
import type { KeptRun } from '../../schema/run-record'
import { showCell } from '../actions'
import { bytes, plural } from '../format'
import { ScrollBox } from '../scroll-box'
import { useCellState, useSession } from '../session-context'
import { RunComparison } from './run-comparison'
import { RunRow } from './run-row'

export function RunHistory({ cell }: { cell: Cell }) {
  const [open, setOpen] = useState(false)
  return (
    <details className="run-history" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Run history: compare, branch, export</summary>
      {open ? <Runs cell={cell} /> : null}
    </details>
  )
}

function Runs({ cell }: { cell: Cell }) {
  const session = useSession()
  const queries = useQueryClient()
  const { status, hash } = useCellState(cell.id)
  const [compared, setCompared] = useState<ReadonlySet<string>>(new Set())
  const [problem, setProblem] = useState('')
  const { data: runs, error } = useQuery({
    queryKey: ['runs', cell.id, status, hash],
    queryFn: () => session.runs.listRuns(),
    // What other cells and tabs do with runs is seen when the history is opened.
    staleTime: 0,
  })
  const act = (task: () => Promise<unknown>) => {
    setProblem('')
    task().then(
      () => queries.invalidateQueries({ queryKey: ['runs'] }),
      (cause: unknown) => setProblem(cause instanceof Error ? cause.message : String(cause)),
    )
  }
  if (error) return <p className="error">{error.message}</p>
  if (!runs) return <p className="empty">Reading what is stored.</p>
  const shown = runs.filter(({ record }) => compared.has(record.hash)).map(({ record }) => record)
  return (
    <>
      {problem ? (
        <p className="error" role="alert">
          {problem}
        </p>
      ) : null}
      <div className="toolbar">
        <span>{`${plural(runs.length, 'run')}, ${bytes(sizeOf(runs))} in this browser`}</span>
        <label className="button ghost push">
          Import a run…
          <input
            className="visually-hidden"
            type="file"
            accept=".dubrun"
            aria-label="Import a run"
            onChange={(event) => {
              const file = event.target.files?.[0]
              event.target.value = ''
              if (file) act(() => session.runs.importRun(file))
            }}
          />
        </label>
        <button type="button" className="ghost" onClick={() => showCell(session.runs.repeat(cell.id))}>
          New run from these settings
        </button>
      </div>
      {runs.length === 0 ? (
        <p className="empty">Runs stay here with their settings, seed, program version and adapter.</p>
      ) : (
        <ScrollBox label="Run history">
          <table className="run-table">
            <thead>
              <tr>
                <th scope="col">Compare</th>
                <th scope="col">Run</th>
                <th scope="col" className="number">
                  Steps
                </th>
                <th scope="col" className="number">
                  Final L
                </th>
                <th scope="col" className="number">
                  Seed
                </th>
                <th scope="col">Branch at</th>
                <th scope="col">More</th>
              </tr>
            </thead>
            <tbody>
              {runs.map((run) => (
                <RunRow
                  key={run.record.hash}
                  run={run}
                  isCompared={compared.has(run.record.hash)}
                  onCompare={(on) => setCompared(withOrWithout(compared, run.record.hash, on))}
                  act={act}
                />
              ))}
            </tbody>
          </table>
        </ScrollBox>
      )}
      {shown.length > 0 ? <RunComparison runs={shown} /> : null}
    </>
  )
}

const sizeOf = (runs: readonly KeptRun[]): number => runs.reduce((sum, run) => sum + run.bytes, 0)

function withOrWithout(set: ReadonlySet<string>, item: string, on: boolean): ReadonlySet<string> {
  const next = new Set(set)
  if (on) next.add(item)
  else next.delete(item)
  return next
}
