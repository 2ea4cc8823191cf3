/**
 * A matrix product with what follows it in one kernel: GELU, a residual, or the slope of GELU. Nobody records it; the
 * fusing pass (`fuse.ts`) puts it in the place of a product and its only reader.
 */
import { f32Tensor, type Operator, type TensorType, typeAt } from '../gpu/operator'
import { sizesOf } from './matmul'
import { type Epilogue, type MatmulLayout, type ProductSizes, productLaunches } from './matmul-launch'

export interface FusedProductAttributes {
  /** `linear`: x [.., k], W [n, k], all leading dimensions of x being rows. */
  /** Not `tn`: its long sums are made in parts. */
  readonly layout: Exclude<MatmulLayout, 'tn'>
  readonly alpha: number
  readonly bias: boolean
  readonly epilogue: Exclude<Epilogue, 'none'>
  /** Shape of the result: that of the product it stands for. */
  readonly shape: readonly number[]
  /** Treat the left side as one matrix of rows, as `linear` does. */
  readonly flat: boolean
}

function sizes(inputs: readonly TensorType[], { layout, flat }: FusedProductAttributes): ProductSizes {
  const [a, b] = [typeAt(inputs, 0, 'fusedProduct'), typeAt(inputs, 1, 'fusedProduct')]
  if (!flat) return sizesOf([a, b], layout)
  const width = a.shape.at(-1) ?? 1
  return sizesOf([f32Tensor(a.shape.reduce((x, y) => x * y, 1) / width, width), b], layout)
}

/**
 * Inputs A, B, then the bias [n] if there is one, then (`residual`, `gelu-gradient`) an operand as large as the result.
 * Outputs C; for `gelu` also gelu(C).
 */
export const fusedProduct: Operator<FusedProductAttributes> = {
  name: 'fusedProduct',
  infer(inputs, attributes) {
    sizes(inputs, attributes)
    const result = f32Tensor(...attributes.shape)
    return attributes.epilogue === 'gelu' ? [result, result] : [result]
  },
  launch({ inputs, attributes }, target) {
    const { layout, alpha, bias, epilogue } = attributes
    const last = epilogue === 'gelu' ? { output: 1 } : { input: bias ? 3 : 2 }
    const further = [...(bias ? [{ input: 2 }] : []), last]
    return productLaunches({ sizes: sizes(inputs, attributes), layout, alpha, bias, epilogue, further }, target)
  },
}
