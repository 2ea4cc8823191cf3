/** "Check this GPU": what is known of the adapter's correctness and speed, and the buttons that find it out anew. */
import { useEffect, useId, useRef } from 'react'
import type { EngineDescription } from '../../engine/api'
import { isActive } from '../../notebook/cell-state'
import type { GpuTask } from '../../notebook/gpu-actions'
import { useSession, useSessionState } from '../session-context'
import { AdapterTable } from './adapter-table'
import { KernelChecks } from './kernel-checks'
import { TaskProgress } from './task-progress'
import { TuningTable } from './tuning-table'
import { Verdict } from './verdict'
import './gpu.css'

export function GpuPanel({ onClose }: { onClose: () => void }) {
  const session = useSession()
  const { description, error } = useSessionState(({ engine }) => engine)
  const activity = useSessionState(({ gpu }) => gpu)
  const dialog = useRef<HTMLDialogElement>(null)
  const heading = useId()
  useEffect(() => {
    dialog.current?.showModal()
    void session.gpu.look()
  }, [session])
  // A button that went, or that cannot be pressed while something is done, takes the focus with it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: what makes buttons come and go
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      if (!dialog.current?.contains(document.activeElement)) dialog.current?.focus()
    })
    return () => cancelAnimationFrame(frame)
  }, [activity.task, description?.tuning])
  return (
    <dialog ref={dialog} className="gpu-panel" tabIndex={-1} aria-labelledby={heading} onClose={onClose}>
      <div className="head">
        <h2 id={heading}>Check this GPU</h2>
        <button type="button" className="ghost" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </div>
      <div className="content">
        {description ? <Verdict description={description} /> : <p>{error ?? 'Looking for the GPU …'}</p>}
        {activity.error === undefined ? null : (
          <p className="error" role="alert">
            {activity.error}
          </p>
        )}
        {activity.task ? <TaskProgress activity={activity} task={activity.task} /> : null}
        {description ? <Tasks description={description} task={activity.task} /> : null}
        {description?.check ? <KernelChecks check={description.check} variants={description.variants} /> : null}
        {description?.tuning ? <TuningTable tuning={description.tuning} /> : null}
        {description ? <AdapterTable description={description} /> : null}
      </div>
    </dialog>
  )
}

interface TasksProps {
  readonly description: EngineDescription
  readonly task: GpuTask | undefined
}

function Tasks({ description: { check, tuning, floor }, task }: TasksProps) {
  const { gpu } = useSession()
  const computing = useSessionState(({ cells }) => Object.values(cells).some(isActive))
  const busy = task !== undefined
  const cannotTime = busy || computing
  return (
    <>
      <div className="toolbar">
        <button
          type="button"
          className={check ? undefined : 'primary'}
          disabled={busy}
          onClick={() => void gpu.check(check !== null)}
        >
          {check ? 'Check again' : 'Check this GPU'}
        </button>
        <button type="button" disabled={cannotTime || check?.problem != null} onClick={() => void gpu.tune()}>
          {tuning ? 'Tune again' : 'Tune this GPU'}
        </button>
        <button type="button" disabled={cannotTime} onClick={() => void gpu.measure()}>
          {floor ? 'Measure peak again' : 'Measure peak'}
        </button>
        {tuning ? (
          <button type="button" className="ghost" disabled={busy} onClick={() => void gpu.forgetTuning()}>
            Back to the fixed table
          </button>
        ) : null}
      </div>
      {computing ? (
        <p className="note">
          A cell is computing: speed is measured, and kernels that no cell uses are checked, when it is done.
        </p>
      ) : null}
    </>
  )
}
