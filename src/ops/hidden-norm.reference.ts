/** Float64 truth of `hidden-norm.ts`. */
import { type TensorType, typeAt } from '../gpu/operator'
import { randomBits } from './drop-path.reference'
import { dropoutThreshold, type HiddenNormAttributes } from './hidden-norm'

const sizesOf = (types: readonly TensorType[]) => {
  const [probes = 0, units = 0, rows = 0] = typeAt(types, 0, 'hiddenNorm').shape
  return { probes, units, rows }
}

export function hiddenNormReference(
  [x = new Float64Array(), norm = new Float64Array(), state = new Float64Array()]: readonly Float64Array[],
  types: readonly TensorType[],
  { eps, dropout, stream }: HiddenNormAttributes,
): Float64Array[] {
  const { probes, units, rows } = sizesOf(types)
  const y = new Float64Array(x.length)
  const statistics = new Float64Array(2 * probes * units)
  for (let unit = 0; unit < probes * units; unit++) {
    const [count = 0, seed = 0, step = 0] = state.subarray(4 * Math.floor(unit / units))
    const seen = x.subarray(unit * rows, unit * rows + count)
    const mean = seen.reduce((sum, value) => sum + value, 0) / Math.max(1, count)
    const variance = seen.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, count)
    statistics.set([mean, variance], 2 * unit)
    const [weight = 0, bias = 0] = norm.subarray(2 * unit)
    seen.forEach((value, row) => {
      const place = (unit % units) * rows + row
      const bits = randomBits(seed, step, stream, Math.floor(place / 2)) >>> (16 * (place % 2))
      const kept = (bits & 0xffff) >= dropoutThreshold(dropout)
      const normalised = ((value - mean) / Math.sqrt(variance + eps)) * weight + bias
      y[unit * rows + row] = kept ? Math.max(0, normalised) / (1 - dropout) : 0
    })
  }
  return [y, statistics]
}

export function updateHiddenRunningReference(
  [
    statistics = new Float64Array(),
    bias = new Float64Array(),
    state = new Float64Array(),
    running,
  ]: readonly Float64Array[],
  types: readonly TensorType[],
  { momentum }: { readonly momentum: number },
): Float64Array[] {
  const [, units = 1] = typeAt(types, 0, 'updateHiddenRunning').shape
  const updated = Float64Array.from(running ?? [])
  bias.forEach((shift, unit) => {
    const count = state[4 * Math.floor(unit / units)] ?? 0
    if (count < 2) return
    const batch = [(statistics[2 * unit] ?? 0) + shift, ((statistics[2 * unit + 1] ?? 0) * count) / (count - 1)]
    batch.forEach((value, index) => {
      const old = updated[2 * unit + index] ?? 0
      updated[2 * unit + index] = old + momentum * (value - old)
    })
  })
  return [updated]
}

export function hiddenInferenceReference(
  [x = new Float64Array(), norm, bias, running]: readonly Float64Array[],
  types: readonly TensorType[],
  { eps }: { readonly eps: number },
): Float64Array[] {
  const { rows } = sizesOf(types)
  return [
    x.map((value, i) => {
      const unit = Math.floor(i / rows)
      const [weight = 0, shift = 0] = norm?.subarray(2 * unit) ?? []
      const [mean = 0, variance = 0] = running?.subarray(2 * unit) ?? []
      return Math.max(0, ((value + (bias?.[unit] ?? 0) - mean) / Math.sqrt(variance + eps)) * weight + shift)
    }),
  ]
}
