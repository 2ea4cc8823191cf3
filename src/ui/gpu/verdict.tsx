/** One line that says whether this GPU can be trusted, and why not if it cannot. */
import type { EngineDescription } from '../../engine/api'
import { checkSummary, failedOf, type GpuCheck } from '../../schema/gpu-check'
import { plural } from '../format'
import { type GpuMood, gpuMood } from '../gpu-mood'

const dots: Readonly<Record<GpuMood, string>> = { never: 'never', passed: 'done', partly: 'stale', failed: 'failed' }

export function Verdict({ description: { adapter, software, check } }: { description: EngineDescription }) {
  const mood = gpuMood(check)
  return (
    <div className={`verdict ${mood}`} data-verdict={mood} role="status">
      <span className={`dot ${dots[mood]}`} />
      <p>
        <strong>{`${adapter}${software ? ' (computes on the CPU)' : ''}: `}</strong>
        {check ? sentence(check) : unchecked}
      </p>
    </div>
  )
}

const unchecked =
  'not checked yet. A small network, three training steps and a spectrogram will be computed here and compared with PyTorch, once for each kernel variant. It happens by itself before the first training.'

function sentence(check: GpuCheck): string {
  if (check.problem !== null) return check.problem
  const when = `Checked on ${new Date(check.date).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' })}.`
  const failed = failedOf(check)
  const variants = check.families.flatMap(({ variants }) => variants)
  const passed = variants.filter(({ status }) => status === 'passed').length
  const left = check.complete ? '' : ' The other variants have not had their turn yet.'
  if (failed.length > 0)
    return `${checkSummary(check)}. What fails is not used; the other kernels compute what PyTorch computes.${left} ${when}`
  return `passed: ${plural(passed, 'variant')} of ${plural(check.families.length, 'kernel')} and all kernels without variants compute what PyTorch computes.${left} ${when}`
}
