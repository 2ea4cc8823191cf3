/**
 * What "Check this GPU" found and what "Tune this GPU" measured, as the engine stores it, the page shows it and exports
 * carry it (design: "The GPU engine", sections 4 and 6).
 */

export interface VariantCheck {
  readonly variant: string
  /** `unchecked`: its turn has not come yet. `unavailable`: the adapter lacks what it needs. */
  readonly status: 'passed' | 'failed' | 'unchecked' | 'unavailable'
  /** Largest relative error of all tensors; null without numbers. */
  readonly error: number | null
  /** What is wrong with one that failed. */
  readonly detail?: string
}

export interface FamilyCheck {
  readonly family: string
  readonly variants: readonly VariantCheck[]
}

/** One of the references, computed with the variants in use. */
export interface ReferenceCheck {
  readonly name: string
  readonly tensors: number
  /** Largest relative error of all tensors; null without numbers. */
  readonly error: number | null
  readonly problem: string | null
}

export interface GpuCheck {
  readonly adapter: string
  readonly browser: string
  /** Of all kernels: another one makes the check run anew. */
  readonly shaderHash: string
  /** ISO 8601. */
  readonly date: string
  readonly references: readonly ReferenceCheck[]
  readonly families: readonly FamilyCheck[]
  /** Why nothing can be trained or embedded on this adapter; null when some set of variants passes. */
  readonly problem: string | null
  /** Every variant had its turn. */
  readonly complete: boolean
}

const withStatus = ({ families }: GpuCheck, statuses: readonly VariantCheck['status'][]): string[] =>
  families.flatMap(({ family, variants }) =>
    variants.filter(({ status }) => statuses.includes(status)).map(({ variant }) => `${family}:${variant}`),
  )

/** Variants that compute wrong numbers, as `family:variant`. */
export const failedOf = (check: GpuCheck): string[] => withStatus(check, ['failed'])

/** Variants that must not be used: those that fail, and those that have not had their turn. */
export const excludedBy = (check: GpuCheck): string[] => withStatus(check, ['failed', 'unchecked'])

/** `passed`, with what was left out, or why not: one line for chips, profiles and metadata. */
export function checkSummary(check: GpuCheck): string {
  if (check.problem !== null) return `failed: ${check.problem}`
  const failed = failedOf(check)
  return failed.length > 0 ? `passed without ${failed.join(', ')}` : 'passed'
}

export interface VariantTiming {
  readonly variant: string
  readonly ms: number
  /** 1e9 floating-point operations per second. */
  readonly gigaflops: number
}

/** What an adapter has, beside its name. */
export interface AdapterDetails {
  readonly features: readonly string[]
  /** By WebGPU's names: bytes or counts. */
  readonly limits: Readonly<Record<string, number>>
  /** Fewest and most lanes of a subgroup; null without subgroups. */
  readonly subgroupSizes: readonly [number, number] | null
}

export interface ShapeClassTiming {
  readonly family: string
  /** Empty for a family that has none. */
  readonly shapeClass: string
  /** What was timed, for people. */
  readonly work: string
  readonly timings: readonly VariantTiming[]
  /** What the fixed table chooses. */
  readonly fixed: string
  /** The fastest, now in the table. */
  readonly chosen: string
}

export interface GpuTuning {
  readonly adapter: string
  readonly browser: string
  readonly shaderHash: string
  /** ISO 8601. */
  readonly date: string
  readonly classes: readonly ShapeClassTiming[]
}

/** The table of variants that a tuning chose. */
export const tableOf = (tuning: GpuTuning | null): Record<string, string> =>
  Object.fromEntries(
    (tuning?.classes ?? []).map(({ family, shapeClass, chosen }) => [
      shapeClass === '' ? family : `${family}/${shapeClass}`,
      chosen,
    ]),
  )

/** What the page hears while it waits. */
export interface GpuProgress {
  readonly message: string
  /** 0 to 1. */
  readonly fraction: number
}
