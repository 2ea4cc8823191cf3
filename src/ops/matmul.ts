/**
 * Matrix products, the operators that decide the speed of everything: C = alpha op(A) op(B) (+ bias), batched.
 * Kernels: `shaders/matmul/`; how they are launched: `matmul-launch.ts`.
 */
import sumRowsSource from '../../shaders/matmul/sum_rows.wgsl?raw'
import {
  type Builder,
  dimension,
  f32Tensor,
  type Operator,
  only,
  type TensorType,
  typeAt,
  type Value,
} from '../gpu/operator'
import {
  type MatmulLayout,
  type ProductSizes,
  productLaunches,
  splitsOf,
  stretchOf,
  sumPartsLaunch,
} from './matmul-launch'

export interface MatmulAttributes {
  readonly layout: MatmulLayout
  readonly alpha: number
}

/** All leading dimensions but the last two are the batch; a 2-D right side is shared by the whole batch. */
export function sizesOf(inputs: readonly TensorType[], layout: MatmulLayout): ProductSizes {
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
  workspace(inputs, { layout }, target) {
    const sizes = sizesOf(inputs, layout)
    const splits = splitsOf(sizes, layout, target)
    return splits > 1 ? [f32Tensor(splits, sizes.batch, sizes.m, sizes.n)] : []
  },
  launch: ({ inputs, attributes: { layout, alpha } }, target) =>
    productLaunches(
      { sizes: sizesOf(inputs, layout), layout, alpha, bias: false, epilogue: 'none', further: [] },
      target,
    ),
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
    const bias = inputs.length > 2
    return productLaunches(
      {
        sizes: linearSizes(inputs),
        layout: 'nt',
        alpha: 1,
        bias,
        epilogue: 'none',
        further: bias ? [{ input: 2 }] : [],
      },
      target,
    )
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

/** Sizes of `linear` as a product: all leading dimensions of x are rows. */
function linearSizes(inputs: readonly TensorType[]): ProductSizes {
  const x = typeAt(inputs, 0, 'linear')
  const weight = typeAt(inputs, 1, 'linear')
  return { batch: 1, m: rowsOf(x), n: dimension(weight, 0), k: dimension(weight, 1), sharedB: false }
}

const rowsOf = (type: TensorType): number => type.shape.slice(0, -1).reduce((a, b) => a * b, 1)

/** Sum over rows: x [rows, columns] -> [columns]. */
export const sumRows: Operator<null> = {
  name: 'sumRows',
  infer: (inputs) => [f32Tensor(dimension(typeAt(inputs, 0, 'sumRows'), 1))],
  workspace(inputs, _, target) {
    const [rows = 1, columns = 1] = typeAt(inputs, 0, 'sumRows').shape
    return [f32Tensor(stretchOf(rows, 4 * columns, target).splits, columns)]
  },
  launch({ inputs }, target) {
    const [rows = 1, columns = 1] = typeAt(inputs, 0, 'sumRows').shape
    const { chunk, splits } = stretchOf(rows, 4 * columns, target)
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
