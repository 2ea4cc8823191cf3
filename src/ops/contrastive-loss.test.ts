import { expect, it } from 'vitest'
import { differentiate } from '../gpu/differentiate'
import { GraphBuilder } from '../gpu/graph'
import { only } from '../gpu/operator'
import { add } from './add'
import { contrastiveLoss } from './contrastive-loss'
import { contrastiveLossReference } from './contrastive-loss.reference'
import { normals, relativeError, runGraph, shape, testOperator } from './testing'

testOperator({
  operator: contrastiveLoss,
  reference: contrastiveLossReference,
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

/** Cosines over the temperature of the specification's six vectors. */
function cosinesOver(temperature: number): number[] {
  const video = [
    [3, 4],
    [1, 0],
    [-1, 1],
  ]
  const audio = [
    [4, 3],
    [0, 1],
    [-1, 0.5],
  ]
  return video.flatMap(([vx = 0, vy = 0]) =>
    audio.map(([ax = 0, ay = 0]) => (vx * ax + vy * ay) / (Math.hypot(vx, vy) * Math.hypot(ax, ay) * temperature)),
  )
}

it('equals the golden values of the specification, losses and dS', async () => {
  const graph = new GraphBuilder()
  const similarity = graph.input('S', shape(3, 3))
  const loss = only(graph.apply(contrastiveLoss, [similarity], null))
  const [gradient] = differentiate(graph, [[loss, graph.input('dL', shape(1))]], [similarity], add)
  graph.output('loss', loss)
  if (gradient) graph.output('dS', gradient)
  const results = await runGraph(graph, {
    S: Float32Array.of(...cosinesOver(0.5)),
    // The golden gradient is of the sum over i, the operator gives the mean.
    dL: Float32Array.of(3),
  })
  expect(relativeError(results.get('loss') ?? [], [1.440393])).toBeLessThan(1e-6)
  const golden = [
    [-0.624808, 0.598593, 0.094844],
    [0.598593, -0.934152, 0.024485],
    [0.102224, 0.602521, -0.462302],
  ]
  expect(relativeError(results.get('dS') ?? [], golden.flat())).toBeLessThan(1e-6)
})

it('is ln(2B - 1) when all similarities are equal', async () => {
  const graph = new GraphBuilder()
  graph.output('loss', only(graph.apply(contrastiveLoss, [graph.input('S', shape(32, 32))], null)))
  const results = await runGraph(graph, { S: new Float32Array(32 * 32).fill(7.5) })
  expect(relativeError(results.get('loss') ?? [], [Math.log(63)])).toBeLessThan(1e-6)
})
