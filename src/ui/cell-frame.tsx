/** The frame that all cells share: state, title, summary, buttons, progress, settings, error; the result goes inside. */
import type { ReactNode } from 'react'
import { type CellState, type CellStatus, isActive } from '../notebook/cell-state'
import { cellTitle } from '../notebook/cell-titles'
import type { ToldSetting } from '../notebook/recognised-rows'
import type { Cell } from '../schema/notebook'
import { cellSummary } from './cell-summary'
import { useCellState, useSession } from './session-context'
import { SettingsPanel } from './settings-panel'
import { useElapsed } from './use-elapsed'

const spoken: Readonly<Record<CellStatus, string>> = {
  never: 'never run',
  stale: 'stale',
  queued: 'waiting',
  running: 'running',
  paused: 'paused',
  done: 'done',
  failed: 'failed',
  skipped: 'not run, a cell above failed',
}

interface CellFrameProps {
  readonly cell: Cell
  /** Buttons that only this kind has, before Run. */
  readonly buttons?: ReactNode
  readonly pausable?: boolean
  readonly choices?: Readonly<Record<string, readonly string[]>>
  /** What is no setting here because the cell's file tells it. */
  readonly told?: readonly ToldSetting[]
  /** Keys of settings that mean nothing here. */
  readonly without?: readonly string[]
  readonly children: ReactNode
}

export function CellFrame({ cell, buttons, pausable = false, choices, told, without, children }: CellFrameProps) {
  const state = useCellState(cell.id)
  const title = cellTitle(cell)
  const elapsed = useElapsed(state.startedAt, state.status === 'running')
  const hasSettings = cell.kind !== 'export'
  return (
    <section className="cell" aria-label={title} data-cell={cell.id} data-status={state.status} tabIndex={-1}>
      <div className="head">
        <span className={`dot ${state.status}`} />
        <span className="visually-hidden">State: {spoken[state.status]}.</span>
        <h2>{title}</h2>
        <span className="kind">{cell.kind}</span>
        <span className="meta">{cellSummary(state, elapsed)}</span>
        <span className="buttons">
          {buttons}
          <RunButtons cell={cell} state={state} title={title} pausable={pausable} />
        </span>
      </div>
      {state.status === 'running' || state.status === 'paused' ? <ProgressBar title={title} state={state} /> : null}
      <div className={hasSettings ? 'body' : 'body alone'}>
        {hasSettings ? <SettingsPanel cell={cell} choices={choices} told={told} without={without} /> : null}
        <div className="out">
          {state.status === 'paused' && state.progress?.problem !== undefined ? (
            <p className="error" role="alert">
              {state.progress.problem}
            </p>
          ) : null}
          {state.error !== undefined && state.status !== 'stale' ? (
            <p className="error" role="alert">
              {state.error}
            </p>
          ) : null}
          <div className={state.status === 'stale' && state.result ? 'outdated' : undefined}>{children}</div>
        </div>
      </div>
    </section>
  )
}

interface RunButtonsProps {
  readonly cell: Cell
  readonly state: CellState
  readonly title: string
  readonly pausable: boolean
}

function RunButtons({ cell, state, title, pausable }: RunButtonsProps) {
  const session = useSession()
  if (!isActive(state))
    return (
      <button type="button" aria-label={`Run ${title}`} onClick={() => void session.runCell(cell.id)}>
        Run
      </button>
    )
  return (
    <>
      {pausable && state.status === 'running' ? (
        <button type="button" aria-label={`Pause ${title}`} onClick={() => void session.pause(cell.id)}>
          Pause
        </button>
      ) : null}
      {state.status === 'paused' ? (
        <button type="button" aria-label={`Resume ${title}`} onClick={() => void session.resume(cell.id)}>
          Resume
        </button>
      ) : null}
      <button type="button" aria-label={`Stop ${title}`} onClick={() => session.stop(cell.id)}>
        Stop
      </button>
    </>
  )
}

function ProgressBar({ title, state }: { title: string; state: CellState }) {
  const fraction = state.progress?.fraction
  return (
    <div
      className={fraction === undefined ? 'bar unknown' : 'bar'}
      role="progressbar"
      aria-label={`Progress of ${title}`}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={fraction === undefined ? undefined : Math.round(fraction * 100)}
    >
      <i style={fraction === undefined ? undefined : { width: `${fraction * 100}%` }} />
    </div>
  )
}
