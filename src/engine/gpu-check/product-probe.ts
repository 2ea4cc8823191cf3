/**
 * Matrix products of small integers, which every order of sums gives exactly: tells whether products are what is wrong on
 * an adapter on which nothing passes.
 */
import type { GpuContext } from '../../gpu/gpu-context'
import { GraphBuilder } from '../../gpu/graph'
import { f32Tensor } from '../../gpu/operator'
import { matrixProduct } from '../../ops/matmul'
import type { MatmulLayout } from '../../ops/matmul-launch'

/** More than one tile of every variant, none of them whole. */
const [rows, columns, inner] = [68, 72, 36]
const layouts: readonly MatmulLayout[] = ['nt', 'nn', 'tn']

/** From -4 to 4; sums of their products stay far below what float32 holds exactly. */
const integers = (count: number, step: number): Float32Array =>
  Float32Array.from({ length: count }, (_, index) => ((index * step + 3) % 9) - 4)

/** What is wrong with the products of a context's variants; null when all are exact. */
export async function productProblem(context: GpuContext): Promise<string | null> {
  const a = integers(rows * inner, 5)
  const b = integers(inner * columns, 7)
  const graph = new GraphBuilder()
  for (const layout of layouts) {
    const left = graph.input(`${layout} a`, layout === 'tn' ? f32Tensor(inner, rows) : f32Tensor(rows, inner))
    const right = graph.input(`${layout} b`, layout === 'nt' ? f32Tensor(columns, inner) : f32Tensor(inner, columns))
    graph.output(layout, matrixProduct(graph, left, right, layout))
  }
  const executable = await context.compile(graph)
  try {
    executable.poison()
    for (const layout of layouts) {
      executable.write(`${layout} a`, a)
      executable.write(`${layout} b`, b)
    }
    executable.run()
    for (const layout of layouts) {
      const wrong = wrongEntries(layout, a, b, await executable.read(layout))
      if (wrong > 0) return `${wrong} of ${rows * columns} sums of integers are wrong (${layout})`
    }
    return null
  } finally {
    executable.destroy()
  }
}

function wrongEntries(layout: MatmulLayout, a: Float32Array, b: Float32Array, product: Float32Array): number {
  let wrong = 0
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      let sum = 0
      for (let k = 0; k < inner; k++) {
        const left = a[layout === 'tn' ? k * rows + row : row * inner + k] ?? 0
        const right = b[layout === 'nt' ? column * inner + k : k * columns + column] ?? 0
        sum += left * right
      }
      if (product[row * columns + column] !== sum) wrong++
    }
  return wrong
}
