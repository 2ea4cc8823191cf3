/**
 * "Check this GPU" (design: "The GPU engine", section 6): a small network forward and backward, three pretraining steps
 * and a log-mel on the real kernels, against PyTorch, with every variant of every kernel family that the adapter can run.
 */
import type { GpuContext } from '../../gpu/gpu-context'
import type { Target } from '../../gpu/operator'
import { fixedChoice, usableVariants, variantOf } from '../../gpu/variants'
import { variantFamilies } from '../../ops/variants'
import type { FamilyCheck, GpuCheck, GpuProgress, ReferenceCheck, VariantCheck } from '../../schema/gpu-check'
import { runGolden, type TensorResult } from '../goldens/run-golden'
import { productProblem } from './product-probe'
import { openReferences, type Reference } from './references'
import { type CandidateFamily, roundsOf, type Search, searchVariants, type Verdict } from './search'

export interface CheckHooks {
  /** The GPU; another one after it was lost. */
  readonly gpu: () => Promise<GpuContext>
  readonly signal: AbortSignal
  readonly onProgress: (progress: GpuProgress) => void
  /** Called as soon as it is known whether jobs may run, and with which variants. */
  readonly onBase: (check: GpuCheck) => void
  /** Awaited before what no job waits for. */
  readonly whenIdle: () => Promise<void>
  /** Whether a job computes beside the check: then an error of the GPU may be the job's. */
  readonly isShared: () => boolean
}

/** What names the adapter, the browser and the kernels in the result. */
export type CheckedThing = Pick<GpuCheck, 'adapter' | 'browser' | 'shaderHash'>

type Table = Readonly<Record<string, string>>

/** Errors of a lost device can arrive before the loss. */
const noticeLossWithinMs = 500
/** Tells for sure whether one family is what is wrong. */
const probes: Readonly<Record<string, (context: GpuContext) => Promise<string | null>>> = { matmul: productProblem }

/** Pipelines of the check are not those of a run: reports count the latter. */
function ownPipelines(gpu: () => Promise<GpuContext>): () => Promise<GpuContext> {
  let own: GpuContext | undefined
  return async () => {
    const context = await gpu()
    if (own?.device !== context.device) own = context.withOwnPipelines()
    return own
  }
}

/** @throws when the references cannot be fetched, the GPU does not come back, or `signal` fires. */
export async function runCheck(thing: CheckedThing, given: CheckHooks): Promise<GpuCheck> {
  const hooks = { ...given, gpu: ownPipelines(given.gpu) }
  const references = await openReferences()
  const { target } = (await hooks.gpu()).gpu
  const families = candidates(target)
  const expected = roundsOf(families)
  const date = new Date().toISOString()
  const checked = new Map<string, readonly ReferenceCheck[]>()
  const keyOf = (table: Table) => families.map(({ name }) => table[name]).join()
  let trials = 0
  const build = (search: Search, complete: boolean, problem: string | null): GpuCheck => ({
    ...thing,
    date,
    references: checked.get(keyOf(search.base ?? firstOf(families))) ?? [],
    families: variantFamilies.map(({ name, variants }) => familyCheck(name, variants, families, search)),
    problem,
    complete,
  })
  const search = await searchVariants(families, {
    trial: async (table) => {
      hooks.signal.throwIfAborted()
      const message = `Checking this GPU: ${Object.entries(table)
        .map((pair) => pair.join(' '))
        .join(', ')}`
      hooks.onProgress({ message, fraction: Math.min(0.95, trials++ / expected) })
      const results = await tryTable(table, references, hooks)
      checked.set(keyOf(table), results)
      return verdictOf(results)
    },
    onBase: (known) => {
      if (known.base) hooks.onBase(build(known, false, null))
    },
    whenIdle: hooks.whenIdle,
  })
  if (search.base) return build(search, true, null)
  const isolated = await isolate(families, hooks.gpu)
  const [first] = checked.values()
  const cause = first?.find(({ problem }) => problem !== null)?.problem ?? 'every reference is missed'
  const failed = build({ ...search, verdicts: isolated }, true, problemOf(thing, families, isolated, cause))
  hooks.onBase(failed)
  return failed
}

/** Every family with the variants that the adapter can run, the fixed table's choice first. */
function candidates(target: Target): CandidateFamily[] {
  const fixed = { ...target, choice: fixedChoice }
  return variantFamilies.map((family) => {
    const preferred = variantOf(family, fixed)
    return { name: family.name, variants: [...new Set([preferred, ...usableVariants(family, fixed)])] }
  })
}

const firstOf = (families: readonly CandidateFamily[]): Table =>
  Object.fromEntries(families.map(({ name, variants }) => [name, variants[0] ?? '']))

/** All references with one table, up to the first that fails. A GPU that is lost meanwhile gets a second chance: it may have had other reasons. */
async function tryTable(
  table: Table,
  references: readonly Reference[],
  { gpu, isShared }: CheckHooks,
): Promise<readonly ReferenceCheck[]> {
  for (let attempt = 0; ; attempt++) {
    const context = await gpu()
    const results = await onContext(context, table, references, isShared)
    if (results.every(({ problem }) => problem === null)) return results
    const delay = new Promise<null>((resolve) => setTimeout(() => resolve(null), noticeLossWithinMs))
    if ((await Promise.race([context.device.lost, delay])) === null || attempt > 0) return results
  }
}

async function onContext(context: GpuContext, table: Table, references: readonly Reference[], isShared: () => boolean) {
  const variants = context.withVariants({ table, excluded: [] })
  const errors: string[] = []
  const hear = (event: GPUUncapturedErrorEvent) => {
    // Kept from whoever gives up a GPU with errors, unless it may be a job whose numbers are wrong from now on.
    if (!isShared()) event.preventDefault()
    errors.push(event.error.message)
  }
  context.device.addEventListener('uncapturederror', hear)
  try {
    const results: ReferenceCheck[] = []
    for (const { name, golden } of references) {
      const result = await runGolden(variants, golden).then(
        (tensors) => referenceCheck(name, tensors),
        (cause): ReferenceCheck => ({ name, tensors: 0, error: null, problem: `${name}: ${messageOf(cause)}` }),
      )
      const [error] = errors
      results.push(error === undefined ? result : { ...result, problem: `${name}: the GPU reports: ${error}` })
      // One that fails decides: what else it would get wrong is not asked.
      if (results.at(-1)?.problem !== null) break
    }
    return results
  } finally {
    context.device.removeEventListener('uncapturederror', hear)
  }
}

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

function referenceCheck(name: string, tensors: readonly TensorResult[]): ReferenceCheck {
  const wrong = tensors.find(({ problem }) => problem !== null)
  const error = Math.max(...tensors.map(({ relativeError }) => relativeError))
  return {
    name,
    tensors: tensors.length,
    error: Number.isFinite(error) ? error : null,
    problem: wrong ? `${name}: ${wrong.tensor} ${wrong.problem}` : null,
  }
}

const verdictOf = (results: readonly ReferenceCheck[]): Verdict => ({
  problem: results.find(({ problem }) => problem !== null)?.problem ?? null,
  error: results.some(({ error }) => error === null) ? null : Math.max(...results.map(({ error }) => error ?? 0)),
})

function familyCheck(
  family: string,
  variants: readonly { readonly name: string }[],
  candidates: readonly CandidateFamily[],
  { verdicts }: Search,
): FamilyCheck {
  const usable = candidates.find(({ name }) => name === family)?.variants ?? []
  const check = ({ name }: { readonly name: string }): VariantCheck => {
    const verdict = verdicts.get(`${family}:${name}`)
    if (!usable.includes(name)) return { variant: name, status: 'unavailable', error: null }
    if (!verdict) return { variant: name, status: 'unchecked', error: null }
    const { problem, error } = verdict
    return problem === null
      ? { variant: name, status: 'passed', error }
      : { variant: name, status: 'failed', error, detail: problem }
  }
  return { family, variants: variants.map(check) }
}

/** Verdicts of the probes, for an adapter on which no table passes. */
async function isolate(families: readonly CandidateFamily[], gpu: CheckHooks['gpu']): Promise<Map<string, Verdict>> {
  const verdicts = new Map<string, Verdict>()
  for (const { name, variants } of families) {
    const probe = probes[name]
    if (!probe) continue
    for (const variant of variants) {
      const context = (await gpu()).withVariants({ table: { [name]: variant }, excluded: [] })
      verdicts.set(`${name}:${variant}`, { problem: await probe(context).catch(messageOf), error: null })
    }
  }
  return verdicts
}

/** What the person at this adapter needs to know: which kernels are wrong, how, and what to do. */
function problemOf(
  { adapter, browser }: CheckedThing,
  families: readonly CandidateFamily[],
  isolated: ReadonlyMap<string, Verdict>,
  cause: string,
): string {
  const problems = ({ name, variants }: CandidateFamily) =>
    variants.map((variant) => isolated.get(`${name}:${variant}`)?.problem ?? null)
  const wrong = families.filter((family) => problems(family).every((problem) => problem !== null))
  const unprobed = families.filter(({ name }) => !(name in probes)).map(({ name }) => `"${name}"`)
  const culprit =
    wrong.length > 0
      ? `every variant of the kernel family ${wrong.map(({ name }) => `"${name}"`).join(' and ')}`
      : `the kernel family ${[...unprobed, 'of those without variants'].join(', or ')}`
  const [detail = cause] = wrong.flatMap(problems)
  return `On ${adapter} with ${browser}, ${culprit} computes wrong numbers (${detail}), so nothing is trained or embedded with it. Update the graphics driver or the browser, or let the browser use another adapter, then press "Check this GPU" again.`
}
