import { expect, it } from 'vitest'
import { add } from '../ops/add'
import { matrixProduct } from '../ops/matmul'
import { runGraph } from '../ops/testing'
import { differentiate } from './differentiate'
import { GraphBuilder } from './graph'
import { f32Tensor, only } from './operator'

it('sums the cotangents of a value that is used several times, through views of it too', async () => {
  // y = x a + x b with x seen as [2, 2]: dx = dy a^T + dy b^T.
  const graph = new GraphBuilder()
  const x = graph.input('x', f32Tensor(4))
  const square = graph.reshape(x, [2, 2])
  const a = graph.input('a', f32Tensor(2, 2))
  const b = graph.input('b', f32Tensor(2, 2))
  const y = only(graph.apply(add, [matrixProduct(graph, square, a, 'nn'), matrixProduct(graph, square, b, 'nn')], null))
  const [dx, none] = differentiate(
    graph,
    [[y, graph.input('dy', f32Tensor(2, 2))]],
    [x, graph.input('c', f32Tensor(1))],
    add,
  )
  expect(none).toBeNull()
  if (!dx) throw new Error('x has a gradient.')
  expect(dx.type.shape).toEqual([4])
  graph.output('dx', dx)
  const results = await runGraph(graph, {
    x: Float32Array.of(1, 2, 3, 4),
    a: Float32Array.of(1, 2, 3, 4),
    b: Float32Array.of(5, 6, 7, 8),
    dy: Float32Array.of(1, 0, 0, 1),
  })
  expect([...(results.get('dx') ?? [])]).toEqual([6, 10, 8, 12])
})
