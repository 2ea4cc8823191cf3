import { expect, it } from 'vitest'
import { GraphBuilder } from '../gpu/graph'
import { type Operator, only } from '../gpu/operator'
import { l2Normalise } from './l2-normalise'
import { l2NormaliseReference } from './l2-normalise.reference'
import { runGraph, shape, testOperator } from './testing'

testOperator({
  operator: l2Normalise,
  reference: l2NormaliseReference,
  cases: [
    { name: 'embeddings', attributes: null, inputs: [shape(64, 128)] },
    { name: 'odd width', attributes: null, inputs: [shape(5, 3, 9)] },
    { name: 'one number', attributes: null, inputs: [shape(1, 1)], gradientOf: [] },
  ],
})

/** The same operator as it is launched on a GPU: several threads share a row. */
const shared: Operator<null> = {
  ...l2Normalise,
  name: 'l2Normalise with shared rows',
  launch: (node, target) => l2Normalise.launch(node, { ...target, kind: 'gpu' }),
}

testOperator({
  operator: shared,
  reference: l2NormaliseReference,
  cases: [{ name: 'embeddings', attributes: null, inputs: [shape(67, 128)], gradientOf: [] }],
})

it('a row of zeros stays zero', async () => {
  const graph = new GraphBuilder()
  graph.output('y', only(graph.apply(l2Normalise, [graph.input('x', shape(2, 2))], null)))
  const results = await runGraph(graph, { x: Float32Array.of(0, 0, 3, 4) })
  const [a, b, c, d] = results.get('y') ?? []
  expect([a, b]).toEqual([0, 0])
  expect(c).toBeCloseTo(0.6, 6)
  expect(d).toBeCloseTo(0.8, 6)
})
