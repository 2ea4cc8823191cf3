/** Joins loss points that come in pieces. */
import type { LossPoint } from '../engine/api'

/**
 * Appends points to a curve. A run that went back to a checkpoint sends some steps again: the new ones replace the old
 * from there on.
 */
export function joinLosses(curve: readonly LossPoint[], more: readonly LossPoint[]): readonly LossPoint[] {
  const first = more[0]
  if (!first) return curve
  let keep = curve.length
  while (keep > 0 && (curve[keep - 1]?.step ?? -1) >= first.step) keep--
  return [...curve.slice(0, keep), ...more]
}
