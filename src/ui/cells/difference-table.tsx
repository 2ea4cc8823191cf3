/** The difference of two runs, task by task: the user's with a bootstrap interval where items pair up, the paper's as printed. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { groupsOf, paperPairs } from '../../notebook/paper/columns'
import { type PairedDifference, pairedDifference, rightAnswers } from '../../notebook/paper/paired-difference'
import { columnOf, printedDifference, type TableModality } from '../../notebook/paper/results-table'
import type { Session } from '../../notebook/session'
import { ScrollBox } from '../scroll-box'
import { useSession, useSessionState } from '../session-context'
import type { ShownRun } from './shown-runs'

const signed = (value: number, digits = 2) => `${value > 0 ? '+' : ''}${value.toFixed(digits)}`.replace('-', '−')

export function DifferenceTable({ runs, modality }: { runs: readonly ShownRun[]; modality: TableModality }) {
  const [chosen, setChosen] = useState<readonly [string, string] | null>(null)
  const ids = runs.map(({ cellId }) => cellId)
  const [laterId, earlierId] = chosen?.every((id) => ids.includes(id)) ? chosen : [ids.at(-1) ?? '', ids[0] ?? '']
  const later = runs.find(({ cellId }) => cellId === laterId)
  const earlier = runs.find(({ cellId }) => cellId === earlierId)
  const columns = groupsOf[modality].flatMap((group) => group.columns)
  const choice = (label: string, value: string, choose: (id: string) => void) => (
    <label>
      {label}
      <select value={value} onChange={(event) => choose(event.target.value)}>
        {runs.map(({ cellId, name, variant }) => (
          <option key={cellId} value={cellId}>
            {variant ? `${name} (${variant})` : name}
          </option>
        ))}
      </select>
    </label>
  )
  return (
    <div>
      {runs.length > 1 ? (
        <div className="toolbar">
          {choice('Difference of', laterId, (id) => setChosen([id, earlierId]))}
          {choice('less', earlierId, (id) => setChosen([laterId, id]))}
        </div>
      ) : null}
      <ScrollBox label="Differences of runs">
        <table className="results-table">
          <thead>
            <tr>
              <th scope="col">Difference, points</th>
              {columns.map(({ name }) => (
                <th key={name} scope="col" className="number">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          {later && earlier && later !== earlier ? (
            <tbody>
              <OwnDifference later={later} earlier={earlier} modality={modality} />
            </tbody>
          ) : null}
          <tbody className="printed">
            {paperPairs.map((pair) => (
              <tr key={pair.join()}>
                <th scope="row">{pair.join(' − ')}</th>
                {columns.map(({ name }) => {
                  const difference = printedDifference(modality, pair, name)
                  return (
                    <td key={name} className="number">
                      {difference === undefined ? null : (
                        <span className={difference > 0 ? 'badge up' : difference < 0 ? 'badge down' : 'badge'}>
                          {signed(difference)}
                        </span>
                      )}
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
      <p className="note">
        Of two runs of this notebook: 95 % bootstrap interval over the test items that both were asked; metrics that are
        no share of items have none. A tick says that the sign is the paper’s, for the same pair of variants.
      </p>
    </div>
  )
}

interface OwnDifferenceProps {
  readonly later: ShownRun
  readonly earlier: ShownRun
  readonly modality: TableModality
}

function OwnDifference({ later, earlier, modality }: OwnDifferenceProps) {
  const session = useSession()
  const seed = useSessionState(({ notebook }) => notebook.seed)
  const hashes = useSessionState(({ cells }) => `${cells[later.cellId]?.hash} ${cells[earlier.cellId]?.hash}`)
  const { data } = useQuery({
    queryKey: ['paired differences', hashes, modality, seed],
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    queryFn: () => differencesOf(session, later, earlier, modality, seed),
  })
  return (
    <tr>
      <th scope="row">{`${later.name} − ${earlier.name}`}</th>
      {groupsOf[modality].flatMap(({ columns }) =>
        columns.map(({ name }) => {
          const [a, b] = [later, earlier].map(({ tasks }) =>
            tasks.find((task) => task.modality === modality && columnOf(task) === name),
          )
          if (!a || !b) return <td key={name} />
          const paired = data?.get(name)
          const difference = paired?.difference ?? a.value - b.value
          const printed =
            later.variant && earlier.variant
              ? printedDifference(modality, [later.variant, earlier.variant], name)
              : undefined
          return (
            <td key={name} className="number">
              {signed(100 * difference)}
              {paired ? (
                <small className="quiet">{` [${paired.interval.map((end) => signed(100 * end, 1)).join(', ')}]`}</small>
              ) : null}
              {printed === undefined ? null : (
                <small>{printed * difference > 0 ? ' ✓ as the paper' : ' other than the paper'}</small>
              )}
            </td>
          )
        }),
      )}
    </tr>
  )
}

/** By column, where both runs kept their predictions and items have one label each. */
async function differencesOf(
  session: Session,
  later: ShownRun,
  earlier: ShownRun,
  modality: TableModality,
  seed: number,
): Promise<ReadonlyMap<string, PairedDifference>> {
  const found = new Map<string, PairedDifference>()
  for (const task of later.tasks) {
    const column = columnOf(task)
    if (task.modality !== modality || column === undefined || task.metric !== 'top1_acc') continue
    const answers = await Promise.all(
      [later, earlier].map(async ({ cellId, files }) => {
        const file = files.find((name) => isPredictionsOf(name, task.name, modality))
        return file === undefined ? null : rightAnswers(await (await session.readFile(cellId, file)).text())
      }),
    )
    const [first, second] = answers
    const paired = first && second ? pairedDifference(first, second, seed) : null
    if (paired) found.set(column, paired)
  }
  return found
}

/** HEAR's lie in the task's folder, LVU's in one named by task and modality. */
const isPredictionsOf = (file: string, task: string, modality: TableModality): boolean => {
  const [folder = '', name] = file.split('/')
  return name === 'predictions.csv' && (folder === `${task}-${modality}` || folder.startsWith(`${task}-v`))
}
