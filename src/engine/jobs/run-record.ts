/** What a run notes of itself for the run history. */
import { codeVersion } from '../../schema/code-version'
import { type RunRecord, thinned } from '../../schema/run-record'
import type { LossPoint, RunRequest } from '../api'
import { loadRecord } from '../run-history'

interface State {
  readonly step: number
  readonly losses: readonly LossPoint[]
  readonly devices: RunRecord['devices']
  readonly kernels: string
  readonly finished: boolean
}

/** The record of a run as it stands; name and beginning are those of before. */
export async function recordOf(
  { hash, planKey, settings, seed, upstream }: RunRequest,
  state: State,
): Promise<RunRecord> {
  const before = await loadRecord(hash)
  const settingsOf = (kind: 'corpus' | 'model') => ({ ...upstream.findLast((cell) => cell.kind === kind)?.settings })
  const variant = String(settings.variant)
  const now = Date.now()
  return {
    version: 1,
    hash,
    ...(planKey === undefined ? {} : { planKey }),
    name: before?.name ?? (variant === 'none' ? `Seed ${seed}, ${settings.steps} steps` : `${variant}, seed ${seed}`),
    variant,
    branchFrom: String(settings.branchFrom),
    settings: { corpus: settingsOf('corpus'), model: settingsOf('model'), pretrain: { ...settings } },
    seed,
    codeVersion,
    startedAt: before?.startedAt ?? now,
    updatedAt: now,
    imported: false,
    ...state,
    losses: thinned(state.losses),
  }
}
