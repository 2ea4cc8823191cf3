/** Float64 truth of `matmul.ts`: three plain loops. */
import { dimension, type TensorType, typeAt } from '../gpu/operator'
import type { MatmulAttributes } from './matmul'

export function matmulReference(
  inputs: readonly Float64Array[],
  types: readonly TensorType[],
  { layout, alpha }: MatmulAttributes,
): Float64Array[] {
  const [a = new Float64Array(), b = new Float64Array()] = inputs
  const typeA = typeAt(types, 0, 'matmul')
  const typeB = typeAt(types, 1, 'matmul')
  const [m, k] =
    layout === 'tn' ? [dimension(typeA, -1), dimension(typeA, -2)] : [dimension(typeA, -2), dimension(typeA, -1)]
  const n = layout === 'nt' ? dimension(typeB, -2) : dimension(typeB, -1)
  const batch = a.length / (m * k)
  const strideB = b.length === n * k ? 0 : n * k
  const c = new Float64Array(batch * m * n)
  for (let z = 0; z < batch; z++)
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        let sum = 0
        for (let l = 0; l < k; l++) {
          const left = a[z * m * k + (layout === 'tn' ? l * m + i : i * k + l)] ?? Number.NaN
          const right = b[z * strideB + (layout === 'nt' ? j * k + l : l * n + j)] ?? Number.NaN
          sum += left * right
        }
        c[(z * m + i) * n + j] = alpha * sum
      }
  return [c]
}

export function linearReference(inputs: readonly Float64Array[], types: readonly TensorType[]): Float64Array[] {
  const [x = new Float64Array(), weight = new Float64Array(), bias] = inputs
  const outputs = dimension(typeAt(types, 1, 'linear'), 0)
  const width = dimension(typeAt(types, 1, 'linear'), 1)
  const y = new Float64Array((x.length / width) * outputs)
  for (let i = 0; i < y.length; i++) {
    const row = Math.floor(i / outputs)
    const column = i % outputs
    let sum = bias?.[column] ?? 0
    for (let l = 0; l < width; l++)
      sum += (x[row * width + l] ?? Number.NaN) * (weight[column * width + l] ?? Number.NaN)
    y[i] = sum
  }
  return [y]
}

export function sumRowsReference(inputs: readonly Float64Array[], types: readonly TensorType[]): Float64Array[] {
  const [x = new Float64Array()] = inputs
  const columns = dimension(typeAt(types, 0, 'sumRows'), 1)
  const sums = new Float64Array(columns)
  x.forEach((value, i) => {
    sums[i % columns] = (sums[i % columns] ?? 0) + value
  })
  return [sums]
}
