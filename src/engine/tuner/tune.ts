/**
 * "Tune this GPU" (design: "The GPU engine", section 4): times every usable variant of every kernel family on a few shapes.
 * The order of sums differs between variants, so what is chosen here is for later runs only.
 */
import type { Executable } from '../../gpu/executable'
import type { GpuContext } from '../../gpu/gpu-context'
import type { Target } from '../../gpu/operator'
import { usableVariants, variantOf } from '../../gpu/variants'
import { variantFamilies } from '../../ops/variants'
import type { GpuProgress, ShapeClassTiming, VariantTiming } from '../../schema/gpu-check'
import { type TunerWork, tunerWork } from './work'

/** Variants take turns, so that a machine that slows down slows all of them down; the best time counts. */
const rounds = 5
/** Without timestamps a measurement covers many runs. */
const wallClockMs = 100

export interface TuneOptions {
  readonly signal: AbortSignal
  readonly onProgress: (progress: GpuProgress) => void
}

/**
 * Variants that the context's choice excludes are not timed.
 * @throws when a kernel does not compile, memory lacks, or an `AbortError` once `signal` fires.
 */
export async function tune(context: GpuContext, { signal, onProgress }: TuneOptions): Promise<ShapeClassTiming[]> {
  const own = context.withOwnPipelines()
  const { target } = own.gpu
  const timed: ShapeClassTiming[] = []
  const works = tunerWork(target)
  for (const [index, work] of works.entries()) {
    signal.throwIfAborted()
    onProgress({ message: `Timing ${work.family}, ${work.label}`, fraction: index / works.length })
    timed.push(await timeWork(own, work, signal))
  }
  return timed
}

async function timeWork(context: GpuContext, work: TunerWork, signal: AbortSignal): Promise<ShapeClassTiming> {
  const { family, shapeClass, label } = work
  const compiled: { readonly variant: string; readonly executable: Executable; best: number }[] = []
  try {
    for (const variant of variantsOf(family, context.gpu.target)) {
      signal.throwIfAborted()
      const { excluded } = context.gpu.target.choice
      const choice = { table: { [family]: variant }, excluded }
      const executable = await context.withVariants(choice).compile(work.graph())
      compiled.push({ variant, executable, best: Number.POSITIVE_INFINITY })
      // The first run may still wait for the driver.
      await timeOnce(context.device, executable)
    }
    for (let round = 0; round < rounds; round++)
      for (const candidate of compiled) {
        signal.throwIfAborted()
        candidate.best = Math.min(candidate.best, await timeOnce(context.device, candidate.executable))
      }
  } finally {
    for (const { executable } of compiled) executable.destroy()
  }
  const timings = compiled.map(
    ({ variant, best }): VariantTiming => ({ variant, ms: best / work.pieces, gigaflops: work.flops / best / 1e6 }),
  )
  const fastest = timings.reduce((a, b) => (b.ms < a.ms ? b : a))
  return { family, shapeClass, work: label, timings, fixed: fixedVariant(work, context), chosen: fastest.variant }
}

const familyOf = (name: string) => variantFamilies.find((candidate) => candidate.name === name)

function fixedVariant({ family: name, shapeClass }: TunerWork, { gpu: { target } }: GpuContext): string {
  const family = familyOf(name)
  const choice = { table: {}, excluded: target.choice.excluded }
  return family ? variantOf(family, { ...target, choice }, shapeClass) : ''
}

function variantsOf(name: string, target: Target): string[] {
  const family = familyOf(name)
  const variants = family ? usableVariants(family, target) : []
  if (variants.length === 0) throw new Error(`No variant of "${name}" passes the check of this GPU.`)
  return variants
}

/** Milliseconds of one run: by timestamps where there are any, else by the clock over as many runs as it takes. */
async function timeOnce(device: GPUDevice, executable: Executable): Promise<number> {
  const kernels = await executable.profile()
  if (kernels) return kernels.reduce((sum, { ms }) => sum + ms, 0)
  for (let runs = 1; ; runs *= 2) {
    await device.queue.onSubmittedWorkDone()
    const start = performance.now()
    for (let run = 0; run < runs; run++) executable.run()
    await device.queue.onSubmittedWorkDone()
    const ms = performance.now() - start
    if (ms >= wallClockMs) return ms / runs
  }
}
