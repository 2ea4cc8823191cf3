/** The GPU's name in the head, with a mark for how its check ended; pressing it opens the panel about the GPU. */

import { type GpuMood, gpuMood, shortVerdict } from './gpu-mood'
import { useSessionState } from './session-context'

const marks: Readonly<Record<GpuMood, string>> = { never: '', passed: '✓', partly: '✓', failed: '✕' }

export function GpuChip({ onOpen }: { onOpen: () => void }) {
  const { description, error } = useSessionState(({ engine }) => engine)
  if (!description)
    return (
      <span className="chip gpu" title={error}>
        {error ? 'no GPU' : 'looking for the GPU'}
      </span>
    )
  const { adapter, software, check, fingerprint } = description
  const name = `${adapter}${software ? ' (on the CPU)' : ''} · WebGPU`
  const mood = gpuMood(check)
  return (
    <button
      type="button"
      className={`chip gpu ${mood}`}
      aria-haspopup="dialog"
      title={`${name}, ${shortVerdict(check)} · ${fingerprint}`}
      onClick={onOpen}
    >
      <span className="name">{name}</span>
      {marks[mood] === '' ? null : <span aria-hidden="true">{marks[mood]}</span>}
      <span className="visually-hidden">, {shortVerdict(check)}</span>
    </button>
  )
}
