/**
 * The hidden layer of many probes at once, between its matrix product and the next: batch norm (Ioffe and Szegedy 2015),
 * dropout, rectifier. A unit's numbers of all rows of a batch lie side by side: [probes, units, rows].
 */

import inference from '../../shaders/probe/hidden_inference.wgsl?raw'
import forward from '../../shaders/probe/hidden_norm.wgsl?raw'
import gradientSource from '../../shaders/probe/hidden_norm_gradient.wgsl?raw'
import update from '../../shaders/probe/update_running.wgsl?raw'
import { elementCount, f32, f32Tensor, type Operator, type TensorType, typeAt } from '../gpu/operator'
import { requireCount, requireSameShape, rowGroups, rowLanes, threads } from './elements'

export interface HiddenNormAttributes {
  /** Added to the variance: 1e-5 in PyTorch. */
  readonly eps: number
  /** Share of numbers dropped, 0 <= rate < 1. */
  readonly dropout: number
  /** Number of the layer, so that layers drop independently. */
  readonly stream: number
}

/** Of 16 random bits, what a kept number must reach. */
export const dropoutThreshold = (rate: number): number => Math.round(rate * 2 ** 16)

function sizesOf(inputs: readonly TensorType[], name: string) {
  const x = typeAt(inputs, 0, name)
  const [probes, units, rows, ...more] = x.shape
  if (probes === undefined || units === undefined || rows === undefined || more.length > 0)
    throw new Error('x must be [probes, units, rows]')
  if (rows % 4 !== 0)
    throw new Error('the number of rows must be a multiple of 4; those that are too many are not counted')
  requireCount(typeAt(inputs, 1, name), 2 * probes * units, 'the norm')
  return { x, probes, units, rows, all: probes * units, width: rows / 4 }
}

/**
 * x [P, H, N], norm [P, H, 2] (weight, bias), state u32 [P, 4] (rows that count, seed, step, unused) -> y [P, H, N],
 * statistics [P, H, 2] (mean, biased variance of the rows that count). Rows behind these get y = 0. A draw of dropout
 * depends on (seed, step, stream, place) alone, not on which probes are trained beside.
 */
export const hiddenNorm: Operator<HiddenNormAttributes> = {
  name: 'hiddenNorm',
  infer(inputs, { dropout }) {
    const { x, probes, units } = sizesOf(inputs, 'hiddenNorm')
    requireState(typeAt(inputs, 2, 'hiddenNorm'), probes)
    if (!(dropout >= 0 && dropout < 1)) throw new Error(`a dropout of ${dropout} is not in [0, 1)`)
    return [f32Tensor(...x.shape), f32Tensor(probes, units, 2)]
  },
  launch({ inputs, attributes: { eps, dropout, stream } }, target) {
    const { x, all, units, width } = sizesOf(inputs, 'hiddenNorm')
    return [
      {
        source: forward,
        entryPoint: 'normalise_units',
        constants: rowLanes(target),
        uniforms: [all, units, width, stream, dropoutThreshold(dropout), f32(1 / (1 - dropout)), f32(eps)],
        bindings: [{ input: 0 }, { input: 1 }, { input: 2 }, { output: 0 }, { output: 1 }],
        workgroups: rowGroups(all, target),
        flops: 20 * elementCount(x),
      },
    ]
  },
  gradient(builder, { attributes, inputValues: [x, norm, state], outputValues: [y, statistics] }, [dY, dStatistics]) {
    if (dStatistics) throw new Error('hiddenNorm: no gradient passes through the statistics.')
    if (!dY || !x || !norm || !state || !y || !statistics) return [null, null]
    return builder.apply(hiddenNormGradient, [x, norm, state, statistics, y, dY], attributes)
  },
}

function requireState(state: TensorType, probes: number): void {
  requireCount(state, 4 * probes, 'the state')
  if (state.dtype !== 'u32') throw new Error('the state must be u32')
}

/** x, norm, state, statistics, y, dy -> dx [P, H, N], dnorm [P, H, 2]. */
const hiddenNormGradient: Operator<HiddenNormAttributes> = {
  name: 'hiddenNormGradient',
  infer(inputs) {
    const { x, probes, units } = sizesOf(inputs, 'hiddenNormGradient')
    requireState(typeAt(inputs, 2, 'hiddenNormGradient'), probes)
    for (const index of [4, 5]) requireSameShape(x, typeAt(inputs, index, 'hiddenNormGradient'))
    return [f32Tensor(...x.shape), f32Tensor(probes, units, 2)]
  },
  launch({ inputs, attributes: { eps, dropout } }, target) {
    const { x, all, units, width } = sizesOf(inputs, 'hiddenNormGradient')
    return [
      {
        source: gradientSource,
        entryPoint: 'unit_gradient',
        constants: rowLanes(target),
        uniforms: [all, units, width, f32(1 / (1 - dropout)), f32(eps)],
        bindings: [...inputs.map((_, input) => ({ input })), { output: 0 }, { output: 1 }],
        workgroups: rowGroups(all, target),
        flops: 15 * elementCount(x),
      },
    ]
  },
}

/**
 * statistics [P, H, 2], bias [P, H] of the linear layer in front, state u32 [P, 4], running [P, H, 2] (mean, variance):
 * moves the running statistics towards the batch's by `momentum`.
 */
export const updateHiddenRunning: Operator<{ readonly momentum: number }> = {
  name: 'updateHiddenRunning',
  mutates: [3],
  infer(inputs) {
    const statistics = typeAt(inputs, 0, 'updateHiddenRunning')
    requireCount(typeAt(inputs, 1, 'updateHiddenRunning'), elementCount(statistics) / 2, 'the bias')
    requireState(typeAt(inputs, 2, 'updateHiddenRunning'), statistics.shape[0] ?? 0)
    requireSameShape(statistics, typeAt(inputs, 3, 'updateHiddenRunning'))
    return []
  },
  launch({ inputs, attributes: { momentum } }, target) {
    const [probes = 1, units = 1] = typeAt(inputs, 0, 'updateHiddenRunning').shape
    return [
      {
        source: update,
        entryPoint: 'update_running',
        uniforms: [probes * units, units, f32(momentum)],
        bindings: inputs.map((_, input) => ({ input })),
        workgroups: threads(probes * units, target),
      },
    ]
  },
}

/** x [P, H, N], norm [P, H, 2], bias [P, H] of the linear layer in front, running [P, H, 2] -> y [P, H, N]. */
export const hiddenInference: Operator<{ readonly eps: number }> = {
  name: 'hiddenInference',
  infer(inputs) {
    const { x, all } = sizesOf(inputs, 'hiddenInference')
    requireCount(typeAt(inputs, 2, 'hiddenInference'), all, 'the bias')
    requireCount(typeAt(inputs, 3, 'hiddenInference'), 2 * all, 'the running statistics')
    return [f32Tensor(...x.shape)]
  },
  launch({ inputs, attributes: { eps } }, target) {
    const { x, all, width } = sizesOf(inputs, 'hiddenInference')
    return [
      {
        source: inference,
        entryPoint: 'hidden_inference',
        uniforms: [all * width, width, f32(eps)],
        bindings: [...inputs.map((_, input) => ({ input })), { output: 0 }],
        workgroups: threads(all * width, target),
        flops: 4 * elementCount(x),
      },
    ]
  },
}
