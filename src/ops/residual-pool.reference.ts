/** Float64 truth of `residual-pool.ts`. */
import { type TensorType, typeAt } from '../gpu/operator'
import type { ResidualPoolAttributes } from './residual-pool'

export function residualPoolReference(
  [o = new Float64Array(), q = new Float64Array()]: readonly Float64Array[],
  types: readonly TensorType[],
  { cls }: ResidualPoolAttributes,
): Float64Array[] {
  const [batch = 0, heads = 0, tokens = 0, width = 0] = typeAt(types, 0, 'residualPool').shape
  const out = new Float64Array(o.length)
  for (let b = 0; b < batch; b++)
    for (let h = 0; h < heads; h++)
      for (let n = 0; n < tokens; n++)
        for (let d = 0; d < width; d++) {
          const i = ((b * heads + h) * tokens + n) * width + d
          const residual = n < cls ? 0 : (q[i] ?? Number.NaN)
          out[((b * tokens + n) * heads + h) * width + d] = (o[i] ?? Number.NaN) + residual
        }
  return [out]
}
