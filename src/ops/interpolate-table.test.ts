import { expect, it } from 'vitest'
import { GraphBuilder } from '../gpu/graph'
import { only } from '../gpu/operator'
import { interpolateTable } from './interpolate-table'
import { interpolateTableReference } from './interpolate-table.reference'
import { runGraph, shape, testOperator } from './testing'

testOperator({
  operator: interpolateTable,
  reference: interpolateTableReference,
  cases: [
    { name: '59 rows to 47 (audio, h)', attributes: { rows: 47 }, inputs: [shape(59, 24)] },
    { name: '59 rows to 71 (audio, w)', attributes: { rows: 71 }, inputs: [shape(59, 24)] },
    { name: '97 rows to 143', attributes: { rows: 143 }, inputs: [shape(97, 3)] },
    { name: '5 rows to 7', attributes: { rows: 7 }, inputs: [shape(5, 6)] },
    { name: '17 rows to 3', attributes: { rows: 3 }, inputs: [shape(17, 5)] },
    { name: 'one row to four', attributes: { rows: 4 }, inputs: [shape(1, 3)] },
    { name: 'four rows to one', attributes: { rows: 1 }, inputs: [shape(4, 3)] },
  ],
})

it('reads where PyTorch 1.13 reads', async () => {
  // Row r of the identity gives the weights themselves.
  const identity = Float32Array.from({ length: 59 * 59 }, (_, index) => (index % 60 === 0 ? 1 : 0))
  const graph = new GraphBuilder()
  graph.output('out', only(graph.apply(interpolateTable, [graph.input('table', shape(59, 59))], { rows: 47 })))
  const out = (await runGraph(graph, { table: identity })).get('out') ?? new Float32Array()
  const weights = (row: number) => [...out.subarray(row * 59, (row + 1) * 59)].filter((weight) => weight !== 0)
  expect(weights(20)).toEqual([0.7659581, 0.23404193].map(Math.fround))
  expect(weights(40)).toEqual([0.6595757, 0.3404243].map(Math.fround))
  expect(weights(46)).toEqual([0.12766099, 0.872339].map(Math.fround))
})
