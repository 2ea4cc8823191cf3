/** Float64 truth of `channel-statistics.ts` and `normalise-channels.ts`. */
import { type TensorType, typeAt } from '../gpu/operator'
import { channelSizes, type RunningStatisticsAttributes } from './channel-statistics'
import type { NormaliseChannelsAttributes } from './normalise-channels'

export function channelStatisticsReference(
  inputs: readonly Float64Array[],
  types: readonly TensorType[],
): Float64Array[] {
  const { channels, inner } = channelSizes(typeAt(types, 0, 'channelStatistics'))
  const outer = types.reduce((sum, type) => sum + channelSizes(type).outer, 0)
  const meanOver = (number: (value: number, channel: number) => number): Float64Array => {
    const sums = new Float64Array(channels)
    for (const x of inputs)
      x.forEach((value, i) => {
        const channel = Math.floor(i / inner) % channels
        sums[channel] = (sums[channel] ?? 0) + number(value, channel)
      })
    return sums.map((sum) => sum / (outer * inner))
  }
  const mean = meanOver((value) => value)
  return [mean, meanOver((value, channel) => (value - (mean[channel] ?? Number.NaN)) ** 2)]
}

export function updateRunningStatisticsReference(
  [mean = new Float64Array(), variance = new Float64Array(), ...running]: readonly Float64Array[],
  _types: readonly TensorType[],
  { momentum, count }: RunningStatisticsAttributes,
): Float64Array[] {
  const [runningMean = new Float64Array(), runningVariance = new Float64Array()] = running
  const moved = (old: Float64Array, batch: Float64Array) =>
    old.map((value, c) => (1 - momentum) * value + momentum * (batch[c] ?? Number.NaN))
  return [
    moved(runningMean, mean),
    moved(
      runningVariance,
      variance.map((value) => (value * count) / (count - 1)),
    ),
  ]
}

export function normaliseChannelsReference(
  [x = new Float64Array(), mean = new Float64Array(), variance = new Float64Array()]: readonly Float64Array[],
  types: readonly TensorType[],
  { eps }: NormaliseChannelsAttributes,
): Float64Array[] {
  const { channels, inner } = channelSizes(typeAt(types, 0, 'normaliseChannels'))
  return [
    x.map((value, i) => {
      const channel = Math.floor(i / inner) % channels
      return (value - (mean[channel] ?? Number.NaN)) / Math.sqrt((variance[channel] ?? Number.NaN) + eps)
    }),
  ]
}
