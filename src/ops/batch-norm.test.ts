import { expect, it } from 'vitest'
import { GraphBuilder } from '../gpu/graph'
import { batchNorm, batchNormInference } from './batch-norm'
import { batchNormInferenceReference, batchNormReference } from './batch-norm.reference'
import { shape, testOperator } from './testing'

const attributes = { eps: 1e-5 }

testOperator({
  operator: batchNorm,
  reference: batchNormReference,
  cases: [
    { name: 'few rows', attributes, inputs: [shape(4, 12), shape(12), shape(12)], cotangentOf: [0] },
    { name: 'a head', attributes, inputs: [shape(64, 200), shape(200), shape(200)], cotangentOf: [0] },
    { name: 'odd width', attributes, inputs: [shape(33, 7), shape(7), shape(7)], cotangentOf: [0] },
  ],
})

const withVariance = (width: number) => (index: number, random: () => number) =>
  index === 4 ? Float32Array.from({ length: width }, () => 0.2 + random()) : null

testOperator({
  operator: batchNormInference,
  reference: batchNormInferenceReference,
  cases: [
    {
      name: 'a head',
      attributes,
      inputs: [shape(17, 128), shape(128), shape(128), shape(128), shape(128)],
      make: withVariance(128),
      gradientOf: [0],
    },
    {
      name: 'odd width',
      attributes,
      inputs: [shape(5, 7), shape(7), shape(7), shape(7), shape(7)],
      make: withVariance(7),
      gradientOf: [0],
    },
  ],
})

it('refuses a bias that is not as wide as the rows', () => {
  const graph = new GraphBuilder()
  const inputs = [shape(4, 8), shape(8), shape(7)].map((type, index) => graph.input(`${index}`, type))
  expect(() => graph.apply(batchNorm, inputs, attributes)).toThrow(/input 2 f32\[7\] must hold 8 numbers/)
})
