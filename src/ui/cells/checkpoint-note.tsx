/** What a run has paid for not being lost, and how often it had to go on from a checkpoint. */
import type { PretrainResult } from '../../engine/api'
import { percent, significant } from '../format'

export function CheckpointNote({ metrics }: { metrics: Pick<PretrainResult['metrics'], 'checkpoints' | 'resumes'> }) {
  const { count, meanS, share } = metrics.checkpoints
  const written =
    count === 0
      ? 'No checkpoint was due.'
      : `${count} ${count === 1 ? 'checkpoint' : 'checkpoints'} of ${significant(meanS)} s took ${percent(share)} of the time.`
  const resumes = metrics.resumes.map(
    ({ fromStep, lostSteps }) => ` Went on from step ${fromStep}, ${lostSteps} steps were computed again.`,
  )
  return <p className="note">{[written, ...resumes].join('')}</p>
}
