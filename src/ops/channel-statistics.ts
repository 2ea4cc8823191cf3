/**
 * Mean and variance of each channel of a batch, and the running averages of both that inference uses: the statistics of
 * the input normalisation (a batch norm without affine) and of the batch norm in heads.
 */
import finishMean from '../../shaders/channel-norm/finish_mean.wgsl?raw'
import partialSums from '../../shaders/channel-norm/partial_sums.wgsl?raw'
import updateRunning from '../../shaders/channel-norm/update_running.wgsl?raw'
import {
  type Binding,
  elementCount,
  f32,
  f32Tensor,
  type Launch,
  type Operator,
  spread,
  type TensorType,
  typeAt,
} from '../gpu/operator'
import { elementsOf, requireCount, threads } from './elements'

/** Sizes of x [outer, C, ...inner]. @throws when there is no channel dimension. */
export function channelSizes(x: TensorType): { outer: number; channels: number; inner: number } {
  const [outer, channels, ...inner] = x.shape
  if (outer === undefined || channels === undefined) throw new Error('the input needs a batch and a channel dimension')
  return { outer, channels, inner: inner.reduce((a, b) => a * b, 1) }
}

/** Parts a channel's sum is first cut into: enough threads for a GPU, few enough for one workgroup to add up. */
const partsPerChannel = 4096

/** The order of sums is a function of all inputs together, so that it does not matter how a batch is cut. */
function planSums(inputs: readonly TensorType[]) {
  const { channels, inner } = channelSizes(typeAt(inputs, 0, 'channelStatistics'))
  const outers = inputs.map((x) => {
    const sizes = channelSizes(x)
    if (sizes.channels !== channels || sizes.inner !== inner)
      throw new Error('all parts of a batch must have the same channels and sizes')
    return sizes.outer
  })
  const total = outers.reduce((a, b) => a + b, 0)
  const { constants, count } = elementsOf(inner)
  const share = Math.max(1, Math.min(Math.ceil(partsPerChannel / total), Math.ceil(count / 16)))
  return { outers, total, channels, inner, constants, innerElements: count, share }
}

/**
 * x [B, C, ...] -> mean [C], variance [C] (biased, from a second pass around the mean). A batch may come as several
 * inputs: the result has the bits of the whole batch as one.
 */
export const channelStatistics: Operator<null> = {
  name: 'channelStatistics',
  infer(inputs) {
    const { channels } = planSums(inputs)
    return [f32Tensor(channels), f32Tensor(channels)]
  },
  workspace(inputs) {
    const { total, channels, share } = planSums(inputs)
    return [f32Tensor(channels, total * share)]
  },
  launch({ inputs }, target) {
    const { outers, total, channels, inner, constants, innerElements, share } = planSums(inputs)
    const stages = (SQUARES: boolean, result: Binding): Launch[] => {
      let first = 0
      const sums = outers.map((outer, input): Launch => {
        const launch: Launch = {
          source: partialSums,
          entryPoint: 'sum_planes',
          constants: { ...constants, SQUARES },
          uniforms: [outer, channels, innerElements, share, first, total],
          bindings: [{ input }, { workspace: 0 }, ...(SQUARES ? [{ output: 0 }] : [])],
          workgroups: threads(outer * channels * share, target),
          flops: (SQUARES ? 3 : 1) * outer * channels * inner,
        }
        first += outer
        return launch
      })
      return [
        ...sums,
        {
          source: finishMean,
          entryPoint: 'finish_mean',
          uniforms: [channels, total * share, f32(1 / (total * inner))],
          bindings: [{ workspace: 0 }, result],
          workgroups: spread(channels, target),
          flops: channels * total * share,
        },
      ]
    }
    return [...stages(false, { output: 0 }), ...stages(true, { output: 1 })]
  },
}

export interface RunningStatisticsAttributes {
  /** Share of the batch in the new average: 0.1 in the paper's code (PyTorch's default). */
  readonly momentum: number
  /** Numbers per channel behind the batch's statistics, for the unbiased variance n / (n - 1). */
  readonly count: number
}

/** mean [C], variance [C] (biased), running mean [C], running variance [C]: moves the running ones towards the batch, where that is finite. */
export const updateRunningStatistics: Operator<RunningStatisticsAttributes> = {
  name: 'updateRunningStatistics',
  mutates: [2, 3],
  infer(inputs, { count }) {
    const channels = elementCount(typeAt(inputs, 0, 'updateRunningStatistics'))
    for (const [index, what] of ['', 'the variance', 'the running mean', 'the running variance'].entries())
      requireCount(typeAt(inputs, index, 'updateRunningStatistics'), channels, what)
    if (count < 2) throw new Error('an unbiased variance needs at least two numbers per channel')
    return []
  },
  launch({ inputs, attributes: { momentum, count } }, target) {
    const channels = elementCount(typeAt(inputs, 0, 'updateRunningStatistics'))
    return [
      {
        source: updateRunning,
        entryPoint: 'update_running_statistics',
        uniforms: [channels, f32(momentum), f32(count / (count - 1))],
        bindings: [{ input: 0 }, { input: 1 }, { input: 2 }, { input: 3 }],
        workgroups: threads(channels, target),
      },
    ]
  },
}
