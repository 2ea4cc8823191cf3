/** What is being done with the GPU just now, how long it will take, and the button that stops it. */
import type { GpuActivity, GpuTask } from '../../notebook/gpu-actions'
import { duration } from '../format'
import { useSession } from '../session-context'
import { useElapsed } from '../use-elapsed'

const names: Readonly<Record<GpuTask, string>> = {
  check: 'Checking this GPU',
  tune: 'Tuning this GPU',
  measure: 'Measuring what this GPU can do at most',
}
/** Earlier guesses would mislead. */
const tellsFrom = 0.1

export function TaskProgress({ activity, task }: { activity: GpuActivity; task: GpuTask }) {
  const { gpu } = useSession()
  const elapsed = useElapsed(activity.startedAt, true)
  const fraction = activity.progress?.fraction
  const left =
    fraction !== undefined && fraction >= tellsFrom
      ? `about ${duration((elapsed * (1 - fraction)) / fraction)} left`
      : ''
  return (
    <div className="task">
      <div
        className={fraction === undefined ? 'bar unknown' : 'bar'}
        role="progressbar"
        aria-label={names[task]}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={fraction === undefined ? undefined : Math.round(100 * fraction)}
      >
        <i style={fraction === undefined ? undefined : { width: `${100 * fraction}%` }} />
      </div>
      <p>
        <span>{activity.progress?.message ?? `${names[task]} …`}</span>
        <span className="number">{[duration(elapsed), left].filter(Boolean).join(', ')}</span>
        <button type="button" onClick={() => gpu.cancel()}>
          Cancel
        </button>
      </p>
    </div>
  )
}
