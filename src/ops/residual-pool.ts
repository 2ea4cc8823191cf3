/**
 * Residual pooling: heads merged into tokens, with the pooled query added to every token but CLS
 * (spec/pretraining.md section 5, detail 3).
 */
import source from '../../shaders/residual-pool/residual_pool.wgsl?raw'
import { dimension, f32Tensor, type Operator, showShape, type TensorType, typeAt } from '../gpu/operator'
import { type ClsCount, groupsPerItem } from './token-grid'

export interface ResidualPoolAttributes {
  readonly cls: ClsCount
}
interface ResidualPoolGradientAttributes extends ResidualPoolAttributes {
  readonly heads: number
}

const perHead = (type: TensorType) => ({
  batch: dimension(type, 0),
  heads: dimension(type, 1),
  tokens: dimension(type, 2),
  width: dimension(type, 3),
})

/** Inputs o, q [B, H, N, D]. Output [B, N, H D]. */
export const residualPool: Operator<ResidualPoolAttributes> = {
  name: 'residualPool',
  infer(inputs) {
    const o = typeAt(inputs, 0, 'residualPool')
    if (showShape(o) !== showShape(typeAt(inputs, 1, 'residualPool'))) throw new Error('o and q differ in shape')
    const { batch, heads, tokens, width } = perHead(o)
    return [f32Tensor(batch, tokens, heads * width)]
  },
  launch({ inputs, attributes: { cls } }) {
    const { batch, heads, tokens, width } = perHead(typeAt(inputs, 0, 'residualPool'))
    return [
      {
        source,
        entryPoint: 'merge_heads_residual',
        uniforms: [tokens, heads, width, cls],
        bindings: [{ input: 0 }, { input: 1 }, { output: 0 }],
        workgroups: groupsPerItem(tokens * heads * width, batch),
        flops: batch * tokens * heads * width,
      },
    ]
  },
  gradient(builder, { inputs, attributes: { cls } }, [dMerged]) {
    const { heads } = perHead(typeAt(inputs, 0, 'residualPool'))
    return dMerged ? builder.apply(residualPoolGradient, [dMerged], { cls, heads }) : [null, null]
  },
}

/** Input dMerged [B, N, H D]. Outputs dO, dQ [B, H, N, D]. */
const residualPoolGradient: Operator<ResidualPoolGradientAttributes> = {
  name: 'residualPoolGradient',
  infer(inputs, { heads }) {
    const merged = typeAt(inputs, 0, 'residualPoolGradient')
    const type = f32Tensor(dimension(merged, 0), heads, dimension(merged, 1), dimension(merged, 2) / heads)
    return [type, type]
  },
  launch({ outputs, attributes: { cls } }) {
    const { batch, heads, tokens, width } = perHead(typeAt(outputs, 0, 'residualPoolGradient'))
    return [
      {
        source,
        entryPoint: 'merge_heads_residual_gradient',
        uniforms: [tokens, heads, width, cls],
        bindings: [{ input: 0 }, { output: 0 }, { output: 1 }],
        workgroups: groupsPerItem(tokens * heads * width, batch),
        flops: batch * tokens * heads * width,
      },
    ]
  },
}
