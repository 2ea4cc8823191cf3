/**
 * Matrix products, the operators that decide the speed of everything: C = alpha op(A) op(B) (+ bias), batched.
 * Kernels: `shaders/matmul/`, a register tile of 8 x 8 per thread. Layouts are named by what is transposed.
 */
import nn from '../../shaders/matmul/nn.wgsl?raw'
import nt from '../../shaders/matmul/nt.wgsl?raw'
import sumParts from '../../shaders/matmul/sum_parts.wgsl?raw'
import sumRowsSource from '../../shaders/matmul/sum_rows.wgsl?raw'
import tn from '../../shaders/matmul/tn.wgsl?raw'
import {
  type Builder,
  dimension,
  f32,
  f32Tensor,
  type Launch,
  type Operator,
  only,
  spread,
  type Target,
  type TensorType,
  typeAt,
  type Value,
} from '../gpu/operator'
import type { VariantFamily } from '../gpu/variants'

/** `registers`: a tile of 8 x 8 per thread straight from storage. */
export const matmulFamily: VariantFamily = {
  name: 'matmul',
  variants: [{ name: 'registers' }],
  preferred: { software: ['registers'], gpu: ['registers'] },
}

export type MatmulLayout = 'nt' | 'nn' | 'tn'
export interface MatmulAttributes {
  readonly layout: MatmulLayout
  readonly alpha: number
}

interface Sizes {
  readonly batch: number
  readonly m: number
  readonly n: number
  readonly k: number
  readonly sharedB: boolean
}

/** All leading dimensions but the last two are the batch; a 2-D right side is shared by the whole batch. */
function sizesOf(inputs: readonly TensorType[], layout: MatmulLayout): Sizes {
  const a = typeAt(inputs, 0, 'matmul')
  const b = typeAt(inputs, 1, 'matmul')
  const batchOf = (type: TensorType) => type.shape.slice(0, -2).reduce((x, y) => x * y, 1)
  const [am, ak] = layout === 'tn' ? [dimension(a, -1), dimension(a, -2)] : [dimension(a, -2), dimension(a, -1)]
  const [bn, bk] = layout === 'nt' ? [dimension(b, -2), dimension(b, -1)] : [dimension(b, -1), dimension(b, -2)]
  const sharedB = b.shape.length === 2 && a.shape.length > 2
  if (ak !== bk) throw new Error(`inner sizes ${ak} and ${bk} differ`)
  if (!sharedB && batchOf(a) !== batchOf(b)) throw new Error(`batches ${batchOf(a)} and ${batchOf(b)} differ`)
  if (sharedB && layout === 'tn') throw new Error('a transposed left side needs a right side of the same batch')
  return { batch: batchOf(a), m: am, n: bn, k: ak, sharedB }
}

const maxPartBytes = 32 * 2 ** 20
/** Rows of one stretch of a long sum: short enough to be exact, parallel and small. A function of shapes alone. */
function stretchOf(length: number, bytesPerPart: number): { chunk: number; splits: number } {
  const splits = Math.max(1, Math.min(Math.ceil(length / 256), Math.floor(maxPartBytes / bytesPerPart)))
  const chunk = Math.ceil(length / splits)
  return { chunk, splits: Math.ceil(length / chunk) }
}

function matmulLaunch(
  { batch, m, n, k, sharedB }: Sizes,
  { layout, alpha }: MatmulAttributes,
  target: Target,
  bias: boolean,
): Launch[] {
  const workgroups = spread(Math.ceil((Math.ceil(m / 8) * Math.ceil(n / 8)) / 64), target)
  const flops = 2 * batch * m * n * k
  if (layout === 'tn') {
    const { chunk, splits } = stretchOf(k, 4 * batch * m * n)
    const product: Launch = {
      source: tn,
      entryPoint: 'multiply_tn',
      constants: { VECTOR: m % 4 === 0 && n % 4 === 0 },
      uniforms: [m, n, k, batch, chunk, f32(alpha)],
      bindings: [{ input: 0 }, { input: 1 }, splits > 1 ? { workspace: 0 } : { output: 0 }],
      workgroups: [workgroups[0], workgroups[1], batch * splits],
      flops,
    }
    return splits > 1 ? [product, sumPartsLaunch(batch * m * n, splits, target)] : [product]
  }
  return [
    {
      source: layout === 'nt' ? nt : nn,
      entryPoint: layout === 'nt' ? 'multiply_nt' : 'multiply_nn',
      constants: layout === 'nt' ? { VECTOR: k % 4 === 0, BIAS: bias } : { VECTOR: n % 4 === 0 },
      uniforms: [m, n, k, m, sharedB ? 0 : layout === 'nt' ? n : k, f32(alpha)],
      bindings: [{ input: 0 }, { input: 1 }, { output: 0 }, ...(bias ? [{ input: 2 }] : [])],
      workgroups: [workgroups[0], workgroups[1], batch],
      flops,
    },
  ]
}

const sumPartsLaunch = (size: number, count: number, target: Target): Launch => ({
  source: sumParts,
  entryPoint: 'sum_parts',
  uniforms: [size, count],
  bindings: [{ workspace: 0 }, { output: 0 }],
  workgroups: spread(Math.ceil(size / 64), target),
  flops: size * count,
})

/**
 * C = alpha op(A) op(B). `nt`: A [.., m, k], B [.., n, k]. `nn`: A [.., m, k], B [.., k, n]. `tn`: A [.., k, m],
 * B [.., k, n]. A 2-D right side serves every batch of the left (not for `tn`). C is [.., m, n].
 */
export const matmul: Operator<MatmulAttributes> = {
  name: 'matmul',
  infer(inputs, { layout }) {
    const { m, n } = sizesOf(inputs, layout)
    return [f32Tensor(...typeAt(inputs, 0, 'matmul').shape.slice(0, -2), m, n)]
  },
  workspace(inputs, { layout }) {
    if (layout !== 'tn') return []
    const { batch, m, n, k } = sizesOf(inputs, layout)
    const { splits } = stretchOf(k, 4 * batch * m * n)
    return splits > 1 ? [f32Tensor(splits, batch, m, n)] : []
  },
  launch: (node, target) => matmulLaunch(sizesOf(node.inputs, node.attributes.layout), node.attributes, target, false),
  gradient(builder, { attributes: { layout, alpha }, inputValues: [a, b] }, [dC]) {
    if (!dC || !a || !b) return [null, null]
    const product = (left: Value, right: Value, next: MatmulLayout) => matrixProduct(builder, left, right, next, alpha)
    const flatB = b.type.shape.length === 2 && a.type.shape.length > 2
    const dB = (left: Value, right: Value) =>
      flatB ? product(flatten(builder, left), flatten(builder, right), 'tn') : product(left, right, 'tn')
    if (layout === 'nt') return [product(dC, b, 'nn'), dB(dC, a)]
    if (layout === 'nn') return [product(dC, b, 'nt'), dB(a, dC)]
    return [product(b, dC, 'nt'), product(a, dC, 'nn')]
  },
}

/** Records one matrix product. */
export const matrixProduct = (builder: Builder, a: Value, b: Value, layout: MatmulLayout, alpha = 1): Value =>
  only(builder.apply(matmul, [a, b], { layout, alpha }))

/** y = x W^T (+ bias): x [.., k], W [n, k], bias [n] -> y [.., n]. All leading dimensions of x are rows. */
export const linear: Operator<null> = {
  name: 'linear',
  infer(inputs) {
    const x = typeAt(inputs, 0, 'linear')
    const weight = typeAt(inputs, 1, 'linear')
    const bias = inputs[2]
    const outputs = dimension(weight, 0)
    if (dimension(x, -1) !== dimension(weight, 1)) throw new Error('the width of x is not that of the weight')
    if (bias && dimension(bias, 0) !== outputs) throw new Error('the bias is not as long as the weight has rows')
    return [f32Tensor(...x.shape.slice(0, -1), outputs)]
  },
  launch({ inputs }, target) {
    const x = typeAt(inputs, 0, 'linear')
    const weight = typeAt(inputs, 1, 'linear')
    const sizes = { batch: 1, m: rowsOf(x), n: dimension(weight, 0), k: dimension(weight, 1), sharedB: false }
    return matmulLaunch(sizes, { layout: 'nt', alpha: 1 }, target, inputs.length > 2)
  },
  gradient(builder, { inputValues: [x, weight, bias] }, [dY]) {
    if (!dY || !x || !weight) return [null, null, null]
    const rows = flatten(builder, dY)
    const dX = matrixProduct(builder, rows, weight, 'nn')
    return [
      builder.reshape(dX, x.type.shape),
      matrixProduct(builder, rows, flatten(builder, x), 'tn'),
      bias ? only(builder.apply(sumRows, [rows], null)) : null,
    ]
  },
}

const flatten = (builder: Builder, value: Value): Value =>
  value.type.shape.length === 2 ? value : builder.reshape(value, [rowsOf(value.type), dimension(value.type, -1)])

const rowsOf = (type: TensorType): number => type.shape.slice(0, -1).reduce((a, b) => a * b, 1)

/** Sum over rows: x [rows, columns] -> [columns]. */
export const sumRows: Operator<null> = {
  name: 'sumRows',
  infer: (inputs) => [f32Tensor(dimension(typeAt(inputs, 0, 'sumRows'), 1))],
  workspace(inputs) {
    const [rows = 1, columns = 1] = typeAt(inputs, 0, 'sumRows').shape
    return [f32Tensor(stretchOf(rows, 4 * columns).splits, columns)]
  },
  launch({ inputs }, target) {
    const [rows = 1, columns = 1] = typeAt(inputs, 0, 'sumRows').shape
    const { chunk, splits } = stretchOf(rows, 4 * columns)
    return [
      {
        source: sumRowsSource,
        entryPoint: 'sum_rows',
        uniforms: [rows, columns, chunk, 1],
        bindings: [{ input: 0 }, { workspace: 0 }],
        workgroups: [Math.ceil(columns / 64), splits, 1],
        flops: rows * columns,
      },
      sumPartsLaunch(columns, splits, target),
    ]
  },
}
