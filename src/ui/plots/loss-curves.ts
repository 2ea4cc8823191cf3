/** What a loss chart shows: the four curves with their colours and names, and the range they span. */
import type { LossPoint } from '../../engine/api'
import { smoothed } from '../../notebook/smoothing'

export interface Curve {
  readonly key: 'L' | 'Lv' | 'La' | 'total'
  readonly label: string
  /** Custom property with the colour. */
  readonly hue: string
  readonly width: number
  /** `total` often lies on L. */
  readonly dashed: boolean
  readonly values: readonly number[]
}

const styles = [
  { key: 'Lv', label: 'Lv', hue: '--hue-2', width: 1.4, dashed: false },
  { key: 'La', label: 'La', hue: '--hue-3', width: 1.4, dashed: false },
  { key: 'L', label: 'L', hue: '--accent', width: 2.4, dashed: false },
  { key: 'total', label: 'total', hue: '--ink', width: 1.2, dashed: true },
] as const

/** The curves from back to front, smoothed. */
export const curvesOf = (losses: readonly LossPoint[], smoothing: number): readonly Curve[] =>
  styles.map((style) => ({
    ...style,
    values: smoothed(
      losses.map((point) => point[style.key]),
      smoothing,
    ),
  }))

/** Lowest and highest value with some room, chance included; on a log axis never at or below zero. */
export function valueRange(
  curves: readonly Curve[],
  chance: number | undefined,
  log: boolean,
): readonly [number, number] {
  let low = chance ?? Number.POSITIVE_INFINITY
  let high = chance ?? Number.NEGATIVE_INFINITY
  for (const { values } of curves)
    for (const value of values) {
      if (!Number.isFinite(value) || (log && value <= 0)) continue
      low = Math.min(low, value)
      high = Math.max(high, value)
    }
  if (!Number.isFinite(low) || !Number.isFinite(high)) return log ? [0.1, 1] : [0, 1]
  if (log) return [low / 1.1, high * 1.1]
  return [Math.min(0, low), high + 0.06 * (high - Math.min(0, low)) || 1]
}
