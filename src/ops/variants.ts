/** Every family of kernel variants there is: what the check of a GPU, the tuner and the fingerprint go through. */
import type { Target } from '../gpu/operator'
import { type VariantFamily, variantOf } from '../gpu/variants'
import { attentionFamily } from './attention'
import { matmulFamily } from './matmul-launch'

export const variantFamilies: readonly VariantFamily[] = [matmulFamily, attentionFamily]

/**
 * The variants in use, `family=variant` or, where shape classes differ, `family/class=variant` each: part of a plan's
 * fingerprint, and what {@link parseVariants} reads back.
 * @throws when a family has no variant left.
 */
export function describeVariants(target: Target): string {
  const parts = variantFamilies.flatMap((family) => {
    const { name, shapeClasses = [] } = family
    const used = shapeClasses.map((shapeClass) => variantOf(family, target, shapeClass))
    const [first = variantOf(family, target)] = used
    return used.every((variant) => variant === first)
      ? [`${name}=${first}`]
      : used.map((variant, index) => `${name}/${shapeClasses[index]}=${variant}`)
  })
  return parts.join(' ')
}

/** A table of variants from what {@link describeVariants} said of it. */
export const parseVariants = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .split(' ')
      .filter((part) => part.includes('='))
      .map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]),
  )
