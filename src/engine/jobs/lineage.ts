/**
 * Runs that stand before a run: the one it starts from, and those that are reproduced with it. Each is stored under a
 * hash of its own, so that runs which share a parent compute it once.
 */

import { spokenLanguages } from '../../corpus/title-filter'
import type { Sampling } from '../../pretraining/sampling'
import type { RunSummary } from '../../schema/run-summary'
import { variantOf } from '../../schema/variants'
import { loadResult } from '../../storage/result-store'
import type { PretrainResult } from '../api'
import type { JobContext } from './job'
import { copyWeights } from './weights'

const lastSteps = 5

/** The stored result of a run before this one. @throws when it is no longer there. */
async function resultOf(hash: string, variant: string): Promise<PretrainResult> {
  const result = await loadResult(hash)
  if (!result) throw new Error(`The run ${variant} is no longer stored in this browser. Run it again.`)
  // What is stored under the hash of a pretraining is what its job returned.
  return result as PretrainResult
}

/** The run of the same variant, where it was computed for *Reproduce*: its result and weights, under this hash too. */
export async function reproduced(context: JobContext): Promise<PretrainResult | null> {
  const { settings, hash, runsBefore = [] } = context.request
  const same = runsBefore.find(({ variant }) => variant === settings.variant)
  if (!same) return null
  const result = await resultOf(same.hash, same.variant)
  await copyWeights(same.hash, hash)
  return { ...result, metrics: { ...result.metrics, runs: await summariesBefore(context) } }
}

/** The runs before this one, each once, in the order in which they ran. */
async function summariesBefore({ request }: JobContext): Promise<RunSummary[]> {
  const summaries = new Map<string, RunSummary>()
  for (const { hash, variant } of request.runsBefore ?? [])
    for (const summary of (await resultOf(hash, variant)).metrics.runs) summaries.set(summary.hash, summary)
  return [...summaries.values()]
}

/** A finished run with all runs before it and itself last. */
export async function withRuns(
  context: JobContext,
  result: PretrainResult,
  { plan, titles }: Sampling,
): Promise<PretrainResult> {
  const { settings, hash } = context.request
  const { metrics, losses } = result
  const used = titles.filter((_, index) => (plan.usable[index]?.length ?? 0) > 0)
  const dubs = used.reduce((sum, { audio }) => sum + Math.max(0, spokenLanguages(audio).length - 1), 0)
  const last = losses.slice(-lastSteps)
  const mean = (key: 'Lv' | 'La') => last.reduce((sum, point) => sum + point[key], 0) / last.length
  const own: RunSummary = {
    variant: String(settings.variant),
    parent: variantOf(settings)?.from ?? null,
    hash,
    steps: metrics.steps,
    batch: metrics.batch,
    snippetsPerTitle: metrics.snippetsPerTitle,
    instances: plan.usable.reduce((sum, indices) => sum + indices.length, 0),
    averageDubs: dubs / used.length,
    initialLoss: metrics.initialLoss,
    finalLoss: metrics.finalLoss,
    finalLv: mean('Lv'),
    finalLa: mean('La'),
    chanceLoss: metrics.chanceLoss,
    clipsPerSecond: metrics.clipsPerSecond,
    resumes: metrics.resumes,
  }
  return { ...result, metrics: { ...metrics, runs: [...(await summariesBefore(context)), own] } }
}
