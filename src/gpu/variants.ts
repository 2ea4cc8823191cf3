/**
 * Kernel variants: several kernels for one piece of work, each fast on some adapter (design: "The GPU engine", section 4).
 * Which one is used is part of a plan and of its fingerprint, because variants differ in the order of sums.
 */
import type { Target, VariantChoice } from './operator'

export interface Variant {
  readonly name: string
  /** Whether the adapter has what the variant needs; every family has one variant that runs everywhere. */
  readonly runsOn?: (target: Target) => boolean
}

/** The variants of one piece of work, by preference on each kind of adapter. */
export interface VariantFamily {
  readonly name: string
  readonly variants: readonly Variant[]
  /** Fixed table: names in order of preference. */
  readonly preferred: Readonly<Record<Target['kind'], readonly string[]>>
  /** Kinds of shapes between which the fastest variant may differ; a table has an entry for each. */
  readonly shapeClasses?: readonly string[]
}

export const fixedChoice: VariantChoice = { table: {}, excluded: [] }

/** Variants of a family that the adapter can run and that no check has ruled out. */
export const usableVariants = (family: VariantFamily, target: Target): string[] =>
  family.variants
    .filter(
      ({ name, runsOn }) => (runsOn?.(target) ?? true) && !target.choice.excluded.includes(`${family.name}:${name}`),
    )
    .map(({ name }) => name)

/**
 * The variant to launch: the table's for this shape class, then the table's for the family, then the fixed preference.
 * @throws when no variant is left, with the family's name.
 */
export function variantOf(family: VariantFamily, target: Target, shapeClass = ''): string {
  const usable = usableVariants(family, target)
  const { table } = target.choice
  const wanted = [table[`${family.name}/${shapeClass}`], table[family.name], ...family.preferred[target.kind]]
  const chosen = wanted.find((name) => name !== undefined && usable.includes(name)) ?? usable[0]
  if (chosen === undefined) throw new Error(`No variant of "${family.name}" passes the check of this GPU.`)
  return chosen
}
