/** Speed counts only between sides that train alike: their first losses must agree. */
import { requireAgreement } from '../numbers'
import type { Side } from '../rounds'

/** So many losses are compared, or all where fewer steps were made. */
const comparedLosses = 5
/** Of the loss itself. */
export const lossTolerance = 1e-4

/**
 * @param sides Ours first.
 * @returns Our losses that were compared.
 * @throws naming the side and the step that differ.
 */
export function requireSameLosses(
  sides: readonly { readonly name: Side['name']; readonly losses: readonly number[] }[],
): readonly number[] {
  const expected = sides[0]?.losses.slice(0, comparedLosses) ?? []
  for (const { name, losses } of sides.slice(1))
    expected.forEach((loss, step) => {
      requireAgreement(`Loss ${step + 1} of ${name}`, Math.abs((losses[step] ?? Number.NaN) / loss - 1), lossTolerance)
    })
  return expected
}
