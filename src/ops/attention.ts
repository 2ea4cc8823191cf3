/**
 * Attention with decomposed relative positions: softmax(scale q k' + bias) v (spec/pretraining.md section 5, detail 2), in two
 * variants: `attention-matrix.ts` keeps the weights, `attention-tiles.ts` never has them in memory.
 */
import rowStatistics from '../../shaders/attention/row_statistics.wgsl?raw'
import { f32Tensor, type Launch, type Operator, only, spread, type Target, typeAt, type Value } from '../gpu/operator'
import { type VariantFamily, variantOf } from '../gpu/variants'
import { type GradientInputs, matrixForward, matrixGradient, matrixGradientWorkspace } from './attention-matrix'
import { type AttentionAttributes, type AttentionSizes, requireFit, sizesOf } from './attention-sizes'
import { tilesForward, tilesGradient, tilesGradientWorkspace } from './attention-tiles'

/** `tiles`: online softmax, the weights never in memory. `matrix`: matrix products around weights that are kept. */
export const attentionFamily: VariantFamily = {
  name: 'attention',
  variants: [{ name: 'tiles' }, { name: 'matrix', runsOn: ({ subgroupSizes }) => subgroupSizes !== null }],
  preferred: { software: ['matrix'], gpu: ['tiles'] },
}

const maxWeightBytes = 2 ** 27
/** Weights that every adapter can bind as a whole may be kept. */
const keepsWeights = ({ items, queries, keys }: AttentionSizes, target: Target): boolean =>
  4 * items * queries * keys <= maxWeightBytes && variantOf(attentionFamily, target) === 'matrix'

/**
 * Inputs q [B, H, Nq, D], k and v [B, H, Nk, D] and optionally P [B, H, Nq, kh + kw (+ kt)] of `relative-logits.ts`.
 * Outputs o [B, H, Nq, D] and, for the gradient alone and without one, the log-sum-exp of the scores [B, H, Nq] and the
 * weights [B, H, Nq, Nk], which `tiles` does not write. The bias of a query and a key is the sum of the key's columns of
 * P; 0 without P, and when either is CLS.
 */
export const attention: Operator<AttentionAttributes> = {
  name: 'attention',
  infer(inputs, attributes) {
    requireFit(inputs, attributes)
    const q = typeAt(inputs, 0, 'attention')
    const rows = q.shape.slice(0, 3)
    return [q, f32Tensor(...rows), f32Tensor(...rows, sizesOf(inputs, attributes, false).keys)]
  },
  // exp of a rounded log-sum would scale a whole row.
  exact: [1],
  unwritten: (inputs, attributes, target) =>
    keepsWeights(sizesOf(inputs, attributes, inputs.length > 3), target) ? [] : [2],
  launch({ inputs, attributes }, target) {
    const sizes = sizesOf(inputs, attributes, inputs.length > 3)
    return (keepsWeights(sizes, target) ? matrixForward : tilesForward)(sizes, attributes, target)
  },
  gradient(builder, { attributes, inputValues, outputValues }, [dO]) {
    if (!dO) return inputValues.map(() => null)
    const kept = [0, 1, 2].map((index): Value => only(outputValues, index))
    const bias = inputValues.length > 3
    return builder.apply(attentionGradient, [...inputValues, ...kept, dO], { ...attributes, bias })
  },
}

interface GradientAttributes extends AttentionAttributes {
  /** Whether P is among the inputs. */
  readonly bias: boolean
}

/** Inputs q, k, v, (P,) o, logSumExp, weights, dO. Outputs dQ, dK, dV(, dP). */
const attentionGradient: Operator<GradientAttributes> = {
  name: 'attentionGradient',
  infer: (inputs, { bias }) => inputs.slice(0, bias ? 4 : 3),
  workspace(inputs, attributes, target) {
    const sizes = sizesOf(inputs, attributes, attributes.bias)
    const further = keepsWeights(sizes, target) ? matrixGradientWorkspace : tilesGradientWorkspace
    return [f32Tensor(sizes.items, sizes.queries, 2), ...further(sizes)]
  },
  launch({ inputs, attributes }, target) {
    const sizes = sizesOf(inputs, attributes, attributes.bias)
    const { items, queries, width } = sizes
    const first = attributes.bias ? 4 : 3
    const given: GradientInputs = {
      o: { input: first },
      logSumExp: { input: first + 1 },
      weights: { input: first + 2 },
      dO: { input: first + 3 },
    }
    const statistics: Launch = {
      source: rowStatistics,
      entryPoint: 'row_statistics',
      uniforms: [items * queries, width],
      bindings: [given.dO, given.o, given.logSumExp, { workspace: 0 }],
      workgroups: spread(Math.ceil((items * queries) / 64), target),
      flops: 2 * items * queries * width,
    }
    const further = keepsWeights(sizes, target) ? matrixGradient : tilesGradient
    return [statistics, ...further(sizes, attributes, given, target)]
  },
}
