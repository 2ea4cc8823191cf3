/** How far a GPU can be trusted, in one word for colours and in a few for people. */
import { failedOf, type GpuCheck } from '../schema/gpu-check'
import { plural } from './format'

/** `partly`: some kernel variants fail and are left out. */
export type GpuMood = 'never' | 'passed' | 'partly' | 'failed'

export function gpuMood(check: GpuCheck | null): GpuMood {
  if (!check) return 'never'
  if (check.problem !== null) return 'failed'
  return failedOf(check).length > 0 ? 'partly' : 'passed'
}

export function shortVerdict(check: GpuCheck | null): string {
  if (!check) return 'not checked yet'
  if (check.problem !== null) return 'failed its check'
  const { length } = failedOf(check)
  return length > 0 ? `passed its check without ${plural(length, 'kernel variant')}` : 'passed its check'
}
