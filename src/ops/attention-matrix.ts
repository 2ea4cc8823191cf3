/**
 * Attention that keeps its weights, [items, queries, keys], as matrix products with a softmax between them: the variant for
 * software adapters, where a product runs at the peak and exponentials computed again do not pay. Its gradient reads the
 * kept weights: dV = weights' dO, dScores = weights (dO v' - delta), dQ = scale dScores k, dK = scale dScores' q.
 */
import biasGradient from '../../shaders/attention/bias_gradient.wgsl?raw'
import quadProduct from '../../shaders/attention/quad_product.wgsl?raw'
import softmaxRows from '../../shaders/attention/softmax_rows.wgsl?raw'
import { type Binding, f32, f32Tensor, type Launch, spread, type Target, type TensorType } from '../gpu/operator'
import { type AttentionAttributes, type AttentionSizes, flopsOf } from './attention-sizes'
import { sumPartsLaunch } from './matmul-launch'

/** An operand of C = A B': numbers from one row to the next, and from one step of the sum to the next. */
interface Operand {
  readonly binding: Binding
  readonly row: number
  readonly step: number
}

interface QuadProduct {
  readonly a: Operand
  readonly b: Operand
  readonly c: Binding
  /** C is [m, n] per item, sums are k long. */
  readonly m: number
  readonly n: number
  readonly k: number
  /** Steps of the sum that one dispatch in z takes; all if not given. */
  readonly chunk?: number
  readonly alpha?: number
  readonly bias?: Binding
  readonly gradient?: { readonly weights: Binding; readonly stats: Binding }
}

function quadProductLaunch(
  { a, b, c, m, n, k, chunk = k, alpha = 1, bias, gradient }: QuadProduct,
  sizes: AttentionSizes,
  { cls, gridKv }: AttentionAttributes,
  target: Target,
): Launch {
  const [x, y] = spread(Math.ceil((sizes.items * Math.ceil(m / 32) * Math.ceil(n / 24)) / 16), target)
  return {
    source: quadProduct,
    entryPoint: 'multiply_quads',
    constants: { BIAS: bias !== undefined, GRADIENT: gradient !== undefined },
    uniforms: [
      ...[sizes.items, m, n, k],
      ...[m * k, a.row, a.step, n * k, b.row, b.step],
      ...[chunk, f32(alpha), cls, gridKv[1], gridKv[2], sizes.columns],
    ],
    bindings: [
      ...[a.binding, b.binding, c],
      ...(bias ? [bias] : []),
      ...(gradient ? [gradient.weights, gradient.stats] : []),
    ],
    workgroups: [x, y, Math.ceil(k / chunk)],
    flops: flopsOf(sizes, 1),
  }
}

/** A matrix as it lies, rows of `width`; or its transpose. */
const rowsOf = (binding: Binding, width: number): Operand => ({ binding, row: width, step: 1 })
const columnsOf = (binding: Binding, width: number): Operand => ({ binding, row: 1, step: width })

/** Inputs q, k, v (and P); outputs o, logSumExp, weights. */
export function matrixForward(sizes: AttentionSizes, attributes: AttentionAttributes, target: Target): Launch[] {
  const { items, queries, keys, width, columns } = sizes
  const weights = { output: 2 }
  const product = (options: QuadProduct) => quadProductLaunch(options, sizes, attributes, target)
  return [
    product({
      a: rowsOf({ input: 0 }, width),
      b: rowsOf({ input: 1 }, width),
      c: weights,
      m: queries,
      n: keys,
      k: width,
      alpha: attributes.scale,
      bias: columns > 0 ? { input: 3 } : undefined,
    }),
    {
      source: softmaxRows,
      entryPoint: 'softmax_rows',
      constants: { VEC4: true },
      uniforms: [items * queries, keys],
      bindings: [weights, { output: 1 }],
      workgroups: spread(Math.ceil((items * queries) / 64), target),
      flops: 20 * items * queries * keys,
    },
    product({
      a: rowsOf(weights, keys),
      b: columnsOf({ input: 2 }, width),
      c: { output: 0 },
      m: queries,
      n: width,
      k: keys,
    }),
  ]
}

/**
 * Sums over all queries are cut into chunks, added up in order: enough of them to keep all cores busy, and none so long
 * that it loses digits. A function of shapes alone.
 */
function chunksOf({ items, queries, keys, width }: AttentionSizes) {
  const quads = items * Math.ceil(keys / 32) * Math.ceil(width / 24)
  const wanted = Math.max(Math.min(Math.ceil(128 / quads), Math.ceil(queries / 128)), Math.ceil(queries / 1024))
  const chunk = Math.ceil(queries / wanted)
  return { chunk, chunks: Math.ceil(queries / chunk) }
}

/** dScores and, where sums over queries are cut, the parts of dK and of dV. Workspace 0 is `row_statistics`' result. */
export function matrixGradientWorkspace(sizes: AttentionSizes): TensorType[] {
  const { items, queries, keys, width } = sizes
  const { chunks } = chunksOf(sizes)
  const part = f32Tensor(chunks, items, keys, width)
  return [f32Tensor(items, queries, keys), ...(chunks > 1 ? [part, part] : [])]
}

/** Where the inputs of the gradient stand, which begin with q, k, v (and P). */
export interface GradientInputs {
  readonly o: Binding
  readonly logSumExp: Binding
  readonly weights: Binding
  readonly dO: Binding
}

/** Workspaces 0 (row statistics, computed before) and those of {@link matrixGradientWorkspace}; outputs dQ, dK, dV, dP. */
export function matrixGradient(
  sizes: AttentionSizes,
  attributes: AttentionAttributes,
  { weights, dO }: GradientInputs,
  target: Target,
): Launch[] {
  const { items, queries, keys, width, columns } = sizes
  const { scale, cls, gridKv } = attributes
  const { chunk, chunks } = chunksOf(sizes)
  const product = (options: QuadProduct) => quadProductLaunch(options, sizes, attributes, target)
  const dScores = { workspace: 1 }
  /** left' right, [keys, width], where left is [queries, keys] and right [queries, width]. */
  const sumOverQueries = (left: Binding, right: Binding, output: number, workspace: number, alpha: number) => [
    product({
      a: columnsOf(left, keys),
      b: columnsOf(right, width),
      c: chunks > 1 ? { workspace } : { output },
      m: keys,
      n: width,
      k: queries,
      chunk,
      alpha,
    }),
    ...(chunks > 1 ? [sumPartsLaunch(items * keys * width, chunks, target, workspace, output)] : []),
  ]
  const dBias: Launch = {
    source: biasGradient,
    entryPoint: 'attention_bias_gradient',
    uniforms: [items * queries, queries, keys, cls, ...gridKv, columns],
    bindings: [dScores, { output: 3 }],
    workgroups: [Math.ceil((items * queries) / 64), columns, 1],
    flops: 3 * items * queries * keys,
  }
  return [
    ...sumOverQueries(weights, dO, 2, 3, 1),
    product({
      a: rowsOf(dO, width),
      b: rowsOf({ input: 2 }, width),
      c: dScores,
      m: queries,
      n: keys,
      k: width,
      gradient: { weights, stats: { workspace: 0 } },
    }),
    product({
      a: rowsOf(dScores, keys),
      b: columnsOf({ input: 1 }, width),
      c: { output: 0 },
      m: queries,
      n: width,
      k: keys,
      alpha: scale,
    }),
    ...sumOverQueries(dScores, { input: 0 }, 1, 2, scale),
    ...(columns > 0 ? [dBias] : []),
  ]
}
