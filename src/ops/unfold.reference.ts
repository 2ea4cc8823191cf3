/** Float64 truth of `unfold.ts`. */
import { dimension, type TensorType, typeAt } from '../gpu/operator'
import { convLength } from '../schema/mvit'
import type { UnfoldAttributes } from './unfold'

export function unfoldReference(
  [x = new Float64Array()]: readonly Float64Array[],
  types: readonly TensorType[],
  { kernel, stride, padding }: UnfoldAttributes,
): Float64Array[] {
  const type = typeAt(types, 0, 'unfold')
  const [batch, channels] = [dimension(type, 0), dimension(type, 1)]
  const [T, H, W] = [dimension(type, 2), dimension(type, 3), dimension(type, 4)]
  const columns: number[] = []
  for (let b = 0; b < batch; b++)
    for (let t = 0; t < convLength(T, kernel[0], stride[0], padding[0]); t++)
      for (let h = 0; h < convLength(H, kernel[1], stride[1], padding[1]); h++)
        for (let w = 0; w < convLength(W, kernel[2], stride[2], padding[2]); w++)
          for (let c = 0; c < channels; c++)
            for (let i = 0; i < kernel[0]; i++)
              for (let j = 0; j < kernel[1]; j++)
                for (let l = 0; l < kernel[2]; l++) {
                  const zt = t * stride[0] + i - padding[0]
                  const zh = h * stride[1] + j - padding[1]
                  const zw = w * stride[2] + l - padding[2]
                  const inside = zt >= 0 && zt < T && zh >= 0 && zh < H && zw >= 0 && zw < W
                  columns.push(inside ? (x[(((b * channels + c) * T + zt) * H + zh) * W + zw] ?? Number.NaN) : 0)
                }
  return [Float64Array.from(columns)]
}
