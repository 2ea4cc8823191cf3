/** What a run notes of itself for the run history. */
import { codeVersion } from '../../schema/code-version'
import type { Settings } from '../../schema/notebook'
import { parseBranch, type RunRecord, thinned } from '../../schema/run-record'
import type { LossPoint, RunRequest } from '../api'
import { listRuns, loadRecord } from '../run-history'

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
    name: before?.name ?? (await newName(settings)),
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

/** A branch is called after its parent, other runs by their number. */
async function newName(settings: Settings): Promise<string> {
  const point = parseBranch(String(settings.branchFrom))
  const parent = point && (await loadRecord(point.hash))
  if (parent) return `${parent.name}, branch at ${point.step}`.slice(0, 200)
  const number = (await listRuns()).length + 1
  return settings.variant === 'none' ? `Run ${number}` : `${settings.variant}, run ${number}`
}
