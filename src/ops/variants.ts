/** Every family of kernel variants there is: what the check of a GPU, the tuner and the fingerprint go through. */
import type { Target } from '../gpu/operator'
import { type VariantFamily, variantOf } from '../gpu/variants'
import { matmulFamily } from './matmul-launch'

export const variantFamilies: readonly VariantFamily[] = [matmulFamily]

/** The variants in use, one `family=variant` each: part of a plan's fingerprint. */
export const describeVariants = (target: Target): string =>
  variantFamilies.map((family) => `${family.name}=${variantOf(family, target)}`).join(' ')
