import { expect, it } from 'vitest'
import { GraphBuilder } from '../gpu/graph'
import { only } from '../gpu/operator'
import { gradientNorm } from './gradient-norm'
import { gradientNormReference } from './optimiser.reference'
import { normals, runGraph, seededRandom, shape, testOperator } from './testing'

testOperator({
  operator: gradientNorm,
  reference: gradientNormReference,
  cases: [
    { name: 'one gradient', attributes: null, inputs: [shape(1)] },
    { name: 'odd count', attributes: null, inputs: [shape(1001)] },
    { name: 'several ranges', attributes: null, inputs: [shape(1001), shape(64), shape(300_000)] },
    { name: 'more than the threads of the first stage', attributes: null, inputs: [shape(1_200_000)] },
  ],
})

const flagOf = async (gradients: Float32Array): Promise<number | undefined> => {
  const graph = new GraphBuilder()
  graph.output('norm', only(graph.apply(gradientNorm, [graph.input('g', shape(gradients.length))], null)))
  return (await runGraph(graph, { g: gradients })).get('norm')?.[1]
}

for (const [what, value] of [
  ['NaN', Number.NaN],
  ['infinity', Number.POSITIVE_INFINITY],
  ['minus infinity', Number.NEGATIVE_INFINITY],
  ['a value whose square overflows', 1e30],
] as const)
  it(`${what} among the gradients raises the flag, wherever it stands`, async () => {
    for (const at of [0, 777, 4095]) {
      const gradients = normals(4096, seededRandom(at))
      expect(await flagOf(gradients)).toBe(0)
      gradients[at] = value
      expect(await flagOf(gradients)).toBe(1)
    }
  })
