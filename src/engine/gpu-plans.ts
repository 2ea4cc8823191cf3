/**
 * Which kernel variants a result is computed with: those that pass the check of the GPU, chosen by the tuner's table or the
 * fixed one. A result keeps its variants, whatever is tuned after it was begun (design section 5).
 */
import type { GpuContext } from '../gpu/gpu-context'
import type { VariantChoice } from '../gpu/operator'
import { describeVariants, parseVariants } from '../ops/variants'
import { excludedBy, type GpuCheck, type GpuProgress, type GpuTuning, tableOf } from '../schema/gpu-check'
import { loadResult, saveResult } from '../storage/result-store'
import { digestOf, identify } from './adapter-identity'
import type { EngineDescription } from './api'
import { GpuChecker } from './gpu-check/checker'
import { keptFloor } from './kept-floor'
import { keepJson, keptJson } from './kept-json'
import { tune } from './tuner/tune'

interface Wait {
  readonly signal: AbortSignal
  readonly onProgress: (progress: GpuProgress) => void
}

export class GpuPlans {
  readonly checker: GpuChecker

  constructor(private readonly gpu: () => Promise<GpuContext>) {
    this.checker = new GpuChecker(gpu)
  }

  async describe(): Promise<EngineDescription> {
    const context = await this.gpu()
    const { adapter, browser, device } = await identify(context)
    const { features, limits, target } = context.gpu
    const variants = await this.variants()
    return {
      adapter,
      software: target.kind === 'software',
      browser,
      variants,
      fingerprint: `${device} | ${variants}`,
      check: await this.checker.known(),
      tuning: await this.tuning(),
      floor: await keptFloor(context),
      details: { features, limits, subgroupSizes: target.subgroupSizes },
    }
  }

  /**
   * Adapter, browser build and variants of one result.
   * @param planKey What names the result but for its variants.
   * @param keep From now on the result has these variants.
   */
  async fingerprint(planKey: string, keep: boolean): Promise<string> {
    const { device } = await identify(await this.gpu())
    return `${device} | ${await this.variants(planKey, keep)}`
  }

  /** See `Engine.checkGpu`. */
  check(wait: 'usable' | 'complete' | 'again', hooks: Wait): Promise<GpuCheck> {
    return wait === 'usable' ? this.checker.usable(hooks) : this.checker.complete(wait === 'again', hooks)
  }

  /** @throws on a GPU that computes wrong numbers, saying with which kernels and what to do. */
  async requirePassed(wait: Wait): Promise<void> {
    const { problem } = await this.checker.usable(wait)
    if (problem !== null) throw new Error(problem)
  }

  /**
   * The GPU with the variants of one result; of new results where none is named.
   * @param variants Those that a run was begun with, where it was.
   */
  async contextFor(planKey?: string, variants?: string): Promise<GpuContext> {
    const table = parseVariants(variants ?? (await this.variants(planKey)))
    return (await this.gpu()).withVariants({ table, excluded: await this.excluded() })
  }

  /** Times all variants that pass and keeps the table of the fastest for new results. @throws while a cell runs. */
  async tune({ signal, onProgress }: Wait): Promise<GpuTuning> {
    if (this.checker.isBusy)
      throw new Error('A cell is computing, which would slow down what is timed. Tune when it is done, or stop it.')
    const check = await this.checker.complete(false, { signal, onProgress })
    if (check.problem !== null) throw new Error(check.problem)
    const context = (await this.gpu()).withVariants({ table: {}, excluded: excludedBy(check) })
    const { adapter, browser, shaderHash } = check
    const classes = await this.checker.whileBusy(() => tune(context, { signal, onProgress }))
    const tuning: GpuTuning = { adapter, browser, shaderHash, date: new Date().toISOString(), classes }
    await keepJson(await this.tuningDirectory(), tuning)
    return tuning
  }

  /** Goes back to the fixed table. */
  async forgetTuning(): Promise<void> {
    await keepJson(await this.tuningDirectory(), null)
  }

  private async tuningDirectory(): Promise<string> {
    return `gpu-tunings/${(await identify(await this.gpu())).key}`
  }

  private async tuning(): Promise<GpuTuning | null> {
    return keptJson<GpuTuning>(await this.tuningDirectory())
  }

  private async excluded(): Promise<readonly string[]> {
    const check = await this.checker.known()
    // Where nothing passes, jobs are refused with the reason; a plan still has to have a name.
    return check && check.problem === null ? excludedBy(check) : []
  }

  private async variants(planKey?: string, keep = false): Promise<string> {
    const context = await this.gpu()
    const excluded = await this.excluded()
    const named = (table: VariantChoice['table']) =>
      describeVariants(context.withVariants({ table, excluded }).gpu.target)
    const current = named(tableOf(await this.tuning()))
    if (planKey === undefined) return current
    const { device } = await identify(context)
    const name = `plan-${await digestOf(`${device} | ${planKey}`)}`
    const kept = await loadResult(name)
    // A plan with a variant that fails the check by now is none.
    if (typeof kept === 'string' && named(parseVariants(kept)) === kept) return kept
    if (keep) await saveResult(name, current)
    return current
  }
}
