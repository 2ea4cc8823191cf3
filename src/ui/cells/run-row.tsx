/** One run of the history, with what can be done with it. */
import { useState } from 'react'
import type { KeptRun } from '../../schema/run-record'
import { showCell } from '../actions'
import { download } from '../download'
import { bytes, significant } from '../format'
import { useSession } from '../session-context'

interface RunRowProps {
  readonly run: KeptRun
  readonly isCompared: boolean
  readonly onCompare: (on: boolean) => void
  /** Does something with a run, then shows the history anew; says why where it fails. */
  readonly act: (task: () => Promise<unknown>) => void
}

export function RunRow({ run, isCompared, onCompare, act }: RunRowProps) {
  const { record } = run
  const { runs } = useSession()
  const [renaming, setRenaming] = useState(false)
  const [deleting, setDeleting] = useState(false)
  const last = record.losses.slice(-5)
  const finalLoss = last.reduce((sum, { L }) => sum + L, 0) / last.length
  const { name, hash } = record
  const devices = record.devices.map(({ device }) => device).join(', then ')
  const adapter = record.devices.at(-1)?.device.split(',')[0] ?? ''
  const rename = (text: string) => {
    setRenaming(false)
    if (text.trim() !== '' && text !== name) act(() => runs.renameRun(hash, text))
  }
  return (
    <tr data-run={name}>
      <td>
        <input
          type="checkbox"
          aria-label={`Compare ${name}`}
          checked={isCompared}
          onChange={(event) => onCompare(event.target.checked)}
        />
      </td>
      <th scope="row">
        {renaming ? (
          <input
            type="text"
            aria-label={`Name of ${name}`}
            defaultValue={name}
            // The button that asked for it has gone.
            ref={(input) => input?.focus()}
            onFocus={(event) => event.target.select()}
            onBlur={(event) => rename(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter') event.currentTarget.blur()
              if (event.key === 'Escape') setRenaming(false)
            }}
          />
        ) : (
          name
        )}
        <small title={`${devices}; Dubbook ${record.codeVersion}`}>
          {[record.imported ? 'imported' : '', new Date(record.updatedAt).toLocaleDateString(), adapter]
            .filter(Boolean)
            .join(', ')}
        </small>
      </th>
      <td className="number">{`${record.step} of ${record.settings.pretrain.steps}`}</td>
      <td className="number">{significant(finalLoss)}</td>
      <td className="number">{record.seed}</td>
      <td>
        <Branch run={run} act={act} />
      </td>
      <td>
        <div className="row-buttons">
          <button type="button" className="ghost" aria-label={`Rename ${name}`} onClick={() => setRenaming(true)}>
            Rename
          </button>
          <button
            type="button"
            className="ghost"
            aria-label={`Export ${name}`}
            title={bytes(run.bytes)}
            onClick={() => act(async () => download(await runs.exportRun(hash), `${fileName(name)}.dubrun`))}
          >
            Export
          </button>
          <button
            type="button"
            className="ghost"
            aria-label={deleting ? `Really delete ${name}` : `Delete ${name}`}
            onClick={() => (deleting ? act(() => runs.remove(hash)) : setDeleting(true))}
            onBlur={() => setDeleting(false)}
          >
            {deleting ? 'Really delete' : 'Delete'}
          </button>
        </div>
      </td>
    </tr>
  )
}

function Branch({ run: { record, checkpoints }, act }: Pick<RunRowProps, 'run' | 'act'>) {
  const { runs } = useSession()
  const [step, setStep] = useState(checkpoints.at(-1))
  if (step === undefined) return <>no checkpoint</>
  return (
    <div className="row-buttons">
      <select
        aria-label={`Checkpoint of ${record.name}`}
        value={step}
        onChange={(event) => setStep(Number(event.target.value))}
      >
        {checkpoints.map((each) => (
          <option key={each} value={each}>
            {`step ${each}`}
          </option>
        ))}
      </select>
      <button
        type="button"
        className="ghost"
        aria-label={`Branch from ${record.name}`}
        onClick={() => act(async () => showCell(await runs.branch(record, { hash: record.hash, step })))}
      >
        Branch
      </button>
    </div>
  )
}

const fileName = (name: string): string =>
  name
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60) || 'run'
