import { expect, it } from 'vitest'
import { GraphBuilder } from '../gpu/graph'
import { only } from '../gpu/operator'
import { clipLoss } from './clip-loss'
import { clipLossReference } from './clip-loss.reference'
import { normals, relativeError, runGraph, shape, testOperator } from './testing'

testOperator({
  operator: clipLoss,
  reference: clipLossReference,
  cases: [
    { name: '8 x 8', attributes: null, inputs: [shape(8, 8)] },
    {
      name: '65 x 65 at a temperature of 0.1',
      attributes: null,
      inputs: [shape(65, 65)],
      make: (_, random) => normals(65 * 65, random).map((v) => 10 * Math.tanh(v)),
    },
    {
      name: 'similarities whose exponentials overflow float32 without the maximum subtracted',
      attributes: null,
      inputs: [shape(5, 5)],
      make: (_, random) => normals(25, random).map((v) => 120 + 3 * v),
    },
  ],
})

const lossOf = async (size: number, similarities: readonly number[]) => {
  const graph = new GraphBuilder()
  graph.output('loss', only(graph.apply(clipLoss, [graph.input('S', shape(size, size))], null)))
  return (await runGraph(graph, { S: Float32Array.of(...similarities) })).get('loss') ?? []
}

it('is a third of 3.001246 on the six golden vectors of the specification, where the paper’s form sums to 4.321179', async () => {
  const unit = ([x = 0, y = 0]: readonly number[]) => [x / Math.hypot(x, y), y / Math.hypot(x, y)] as const
  const video = [
    [3, 4],
    [1, 0],
    [-1, 1],
  ].map(unit)
  const audio = [
    [4, 3],
    [0, 1],
    [-1, 0.5],
  ].map(unit)
  const S = video.flatMap(([vx, vy]) => audio.map(([ax, ay]) => (vx * ax + vy * ay) / 0.5))
  expect(relativeError(await lossOf(3, S), [3.001246 / 3])).toBeLessThan(1e-6)
})

it('is ln B when all similarities are equal', async () => {
  expect(relativeError(await lossOf(16, Array(256).fill(7.5)), [Math.log(16)])).toBeLessThan(1e-6)
})
