/** When two tensors count as equal (design section 5; log-mel: spec/audio_numerics.md section 1). */

export type Rule =
  /** Frobenius norm of the difference over that of the expected tensor, or over `floor` where that is larger. */
  | { readonly kind: 'relative'; readonly tolerance: number; readonly floor: number }
  /** The same over `norm`, whatever the expected tensor: for gradients that are rounding noise. */
  | { readonly kind: 'absolute'; readonly tolerance: number; readonly norm: number }
  /** Relative over the counted entries; the others stay within `reach` of what is expected. */
  | {
      readonly kind: 'counted'
      readonly tolerance: number
      readonly counts: (entry: number) => boolean
      readonly reach: number
    }
  /** Relative, or every entry within a reach of its own. */
  | { readonly kind: 'within'; readonly tolerance: number; readonly reach: ArrayLike<number> }
  /** 0.01 dB above -40 dB, 1e-6 of the largest power below. */
  | { readonly kind: 'decibels' }
  /** What is expected is an accident: any finite numbers do. */
  | { readonly kind: 'any' }

export interface Comparison {
  /** What the tolerance is held against: for `counted` over the counted entries, 0 for `any`, else over all. */
  readonly relativeError: number
  /** Over all entries. */
  readonly maxAbsError: number
  /** What is wrong; null when the tensors count as equal. */
  readonly problem: string | null
}

const everywhere = () => true
const loud = -40
const loudTolerance = 0.01
const quietTolerance = 1e-6

/**
 * Compares two tensors of one size.
 * @param tolerance Of the relative error, in place of everything that the rule says.
 */
export function compareTensors(
  rule: Rule,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance?: number,
): Comparison {
  if (actual.length !== expected.length)
    return {
      relativeError: Number.NaN,
      maxAbsError: Number.NaN,
      problem: `has ${actual.length} numbers, not ${expected.length}`,
    }
  const maxAbsError = largestDifference(actual, expected, everywhere)
  const relativeError = relativeErrorBy(rule, actual, expected)
  const limit = tolerance ?? ('tolerance' in rule ? rule.tolerance : Number.POSITIVE_INFINITY)
  const fits = tolerance === undefined && fitsOtherwise(rule, actual, expected)
  const found = problemOf(maxAbsError, relativeError, limit, fits)
  return {
    relativeError,
    maxAbsError,
    problem: found ?? (tolerance === undefined ? otherProblem(rule, actual, expected) : null),
  }
}

function problemOf(maxAbsError: number, relativeError: number, limit: number, fits: boolean): string | null {
  if (Number.isNaN(maxAbsError)) return 'holds numbers that are not finite'
  if (relativeError <= limit || fits) return null
  return `is off by ${relativeError.toExponential(1)}, more than ${limit}`
}

/** Frobenius norm of the difference over the larger of the expected norm and `floor`, over the entries that count. */
function relativeDifference(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  floor: number,
  counts: (entry: number) => boolean = everywhere,
): number {
  let difference = 0
  let norm = 0
  for (let i = 0; i < expected.length; i++) {
    if (!counts(i)) continue
    const e = expected[i] ?? Number.NaN
    difference += ((actual[i] ?? Number.NaN) - e) ** 2
    norm += e ** 2
  }
  return difference === 0 ? 0 : Math.sqrt(difference) / Math.max(Math.sqrt(norm), floor)
}

/** Frobenius norm. */
export function normOf(data: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < data.length; i++) sum += (data[i] ?? 0) ** 2
  return Math.sqrt(sum)
}

function relativeErrorBy(rule: Rule, actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  switch (rule.kind) {
    case 'relative':
      return relativeDifference(actual, expected, rule.floor)
    case 'absolute':
      return relativeDifference(actual, expected, Math.max(rule.norm, normOf(expected)))
    case 'counted':
      return relativeDifference(actual, expected, 0, rule.counts)
    case 'any':
      return 0
    default:
      return relativeDifference(actual, expected, 0)
  }
}

/** NaN when a number that counts is not finite. */
function largestDifference(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  counts: (entry: number) => boolean,
): number {
  let largest = 0
  for (let i = 0; i < expected.length; i++) {
    if (!counts(i)) continue
    const difference = Math.abs((actual[i] ?? Number.NaN) - (expected[i] ?? Number.NaN))
    if (!Number.isFinite(difference)) return Number.NaN
    largest = Math.max(largest, difference)
  }
  return largest
}

/** Whether a tensor over its tolerance is one that may be, for a reason that the rule knows. */
function fitsOtherwise(rule: Rule, actual: ArrayLike<number>, expected: ArrayLike<number>): boolean {
  if (rule.kind !== 'within') return false
  for (let i = 0; i < expected.length; i++)
    if (!(Math.abs((actual[i] ?? Number.NaN) - (expected[i] ?? Number.NaN)) <= (rule.reach[i] ?? 0))) return false
  return true
}

/** What a rule asks beside its tolerance. */
function otherProblem(rule: Rule, actual: ArrayLike<number>, expected: ArrayLike<number>): string | null {
  if (rule.kind === 'decibels') return decibelProblem(actual, expected)
  if (rule.kind !== 'counted') return null
  const worst = largestDifference(actual, expected, (entry) => !rule.counts(entry))
  return worst <= rule.reach
    ? null
    : `has an entry of tiny gradient that is off by ${worst.toExponential(1)}, more than ${rule.reach.toExponential(1)}`
}

function decibelProblem(actual: ArrayLike<number>, expected: ArrayLike<number>): string | null {
  const power = (decibels: number) => 10 ** (decibels / 10)
  let largest = 0
  for (let i = 0; i < expected.length; i++) largest = Math.max(largest, power(expected[i] ?? 0))
  let worst = 0
  let worstShare = 0
  for (let i = 0; i < expected.length; i++) {
    const [a, e] = [actual[i] ?? Number.NaN, expected[i] ?? Number.NaN]
    if (e > loud) worst = Math.max(worst, Math.abs(a - e))
    else worstShare = Math.max(worstShare, Math.abs(power(a) - power(e)) / largest)
  }
  if (worst > loudTolerance)
    return `is off by ${worst.toExponential(1)} dB above ${loud} dB, more than ${loudTolerance}`
  if (worstShare > quietTolerance)
    return `is off by ${worstShare.toExponential(1)} of the largest power below ${loud} dB, more than ${quietTolerance}`
  return null
}
