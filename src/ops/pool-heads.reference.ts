/** Float64 truth of `pool-heads.ts`. */
import { type TensorType, typeAt } from '../gpu/operator'
import { gridSize } from '../schema/mvit'
import type { PoolHeadsAttributes } from './pool-heads'
import { pooledGrid } from './token-grid'

export function poolHeadsReference(
  [qkv = new Float64Array(), ...weights]: readonly Float64Array[],
  types: readonly TensorType[],
  { heads, grid, kernel, strideQ, strideKv, cls }: PoolHeadsAttributes,
): Float64Array[] {
  const [batch = 0, tokens = 0, total = 0] = typeAt(types, 0, 'poolHeads').shape
  const width = total / (3 * heads)
  return weights.map((weight, third) => {
    const stride = third === 0 ? strideQ : strideKv
    const out = pooledGrid(grid, kernel, stride)
    const result = new Float64Array(batch * heads * (gridSize(out) + cls) * width)
    let next = 0
    for (let b = 0; b < batch; b++)
      for (let head = 0; head < heads; head++) {
        const at = (token: number, d: number) =>
          qkv[(b * tokens + token) * total + (third * heads + head) * width + d] ?? Number.NaN
        for (let d = 0; d < width * cls; d++) result[next++] = at(0, d)
        for (let t = 0; t < out[0]; t++)
          for (let h = 0; h < out[1]; h++)
            for (let w = 0; w < out[2]; w++)
              for (let d = 0; d < width; d++) {
                let sum = 0
                for (let i = 0; i < kernel[0]; i++)
                  for (let j = 0; j < kernel[1]; j++)
                    for (let l = 0; l < kernel[2]; l++) {
                      const zt = t * stride[0] + i - Math.floor(kernel[0] / 2)
                      const zh = h * stride[1] + j - Math.floor(kernel[1] / 2)
                      const zw = w * stride[2] + l - Math.floor(kernel[2] / 2)
                      if (zt < 0 || zt >= grid[0] || zh < 0 || zh >= grid[1] || zw < 0 || zw >= grid[2]) continue
                      const tap = ((d * kernel[0] + i) * kernel[1] + j) * kernel[2] + l
                      sum += (weight[tap] ?? Number.NaN) * at(cls + (zt * grid[1] + zh) * grid[2] + zw, d)
                    }
                result[next++] = sum
              }
      }
    return result
  })
}
