/** Sees to it that the runs before a pretraining are there: loads what is stored, trains what may be trained. */
import type { Engine, Progress, RunRequest } from '../engine/api'
import { variantOf } from '../schema/variants'
import { type FingerprintOf, type Recipe, recipeKeys } from './recipe'

/** A variant cannot start: those it starts from have not been trained. */
export class MissingRunsError extends Error {
  /** @param runs Their variants, in an order in which they can run. */
  constructor(
    readonly runs: readonly string[],
    variant: string,
  ) {
    const names = runs.join(', ')
    super(
      `${variant} starts from the final checkpoint of ${names}, which has not been trained here. Run ${names} first.`,
    )
  }
}

interface Options {
  /** Whether a run that is not stored may be trained now. */
  readonly mayRun: boolean
  readonly onProgress: (progress: Progress) => void
  readonly signal: AbortSignal
}

type Common = Pick<RunRequest, 'cellId' | 'kind' | 'seed' | 'upstream'>

/**
 * Keys of the runs before a pretraining once all are finished, in order.
 * @param common What their requests share with that of the cell.
 * @throws MissingRunsError when one is not stored and must not be trained.
 */
export async function finishedRuns(
  engine: Engine,
  { settings, runs = [] }: Recipe,
  common: Common,
  fingerprint: FingerprintOf,
  { mayRun, onProgress, signal }: Options,
): Promise<NonNullable<RunRequest['runsBefore']>> {
  const keyed = await Promise.all(
    runs.map(async (recipe) => ({
      recipe,
      variant: String(recipe.settings.variant),
      ...(await recipeKeys(recipe, fingerprint)),
    })),
  )
  const missing: typeof keyed = []
  for (const run of keyed) if (!(await engine.load('pretrain', run.hash))) missing.push(run)
  signal.throwIfAborted()
  if (!mayRun && missing.length > 0)
    throw new MissingRunsError(
      missing.map(({ variant }) => variant),
      String(settings.variant),
    )
  for (const [index, { recipe, variant, hash, planKey }] of missing.entries()) {
    const before = keyed.filter((other) => other.variant === variantOf(recipe.settings)?.from)
    const request: RunRequest = {
      ...common,
      settings: recipe.settings,
      hash,
      ...(planKey === undefined ? {} : { planKey }),
      runsBefore: before.map((parent) => ({ variant: parent.variant, hash: parent.hash })),
    }
    await engine.run(request, (progress) => onProgress(ofRun(progress, variant, index, missing.length)), signal)
  }
  return keyed.map(({ variant, hash }) => ({ variant, hash }))
}

/** Progress of one of the runs before, as the cell tells it: its losses are not the cell's. */
function ofRun({ losses: _, ...progress }: Progress, variant: string, index: number, count: number): Progress {
  const which = count > 1 ? `, ${index + 1} of ${count} runs before this one` : ''
  return { ...progress, message: `${variant}${which}: ${progress.message}` }
}
