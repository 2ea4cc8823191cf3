import { expect, it } from 'vitest'
import { GraphBuilder } from '../gpu/graph'
import { sgd } from './sgd'
import { normals, relativeError, runGraph, seededRandom, shape } from './testing'

it('sgd subtracts the learning rate times the gradient, in place', async () => {
  const random = seededRandom(3)
  const [parameters, gradients] = [normals(260, random), normals(260, random)]
  const graph = new GraphBuilder()
  const value = graph.input('parameters', shape(260))
  graph.apply(sgd, [value, graph.input('gradients', shape(260))], { learningRate: 0.25 })
  graph.output('after', value)
  const after = (await runGraph(graph, { parameters, gradients })).get('after') ?? []
  const expected = Float64Array.from(parameters, (p, i) => p - 0.25 * (gradients[i] ?? Number.NaN))
  expect(relativeError(after, expected)).toBeLessThan(1e-6)
})

it('sgd refuses a gradient of another shape', () => {
  const graph = new GraphBuilder()
  const [parameters, gradients] = [graph.input('parameters', shape(8)), graph.input('gradients', shape(12))]
  expect(() => graph.apply(sgd, [parameters, gradients], { learningRate: 1 })).toThrow(/one shape/)
})
