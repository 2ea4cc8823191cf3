import type { Operator } from '../gpu/operator'
import { layerNorm, layerNormGradient } from './layer-norm'
import { layerNormReference } from './layer-norm.reference'
import { normals, shape, testOperator } from './testing'

const attributes = { eps: 1e-6 }

testOperator({
  operator: layerNorm,
  reference: layerNormReference,
  cases: [
    { name: 'one row', attributes, inputs: [shape(1, 8), shape(8), shape(8)] },
    { name: 'rows of 96', attributes, inputs: [shape(3, 50, 96), shape(96), shape(96)] },
    { name: 'odd width', attributes, inputs: [shape(67, 13), shape(13), shape(13)] },
    { name: 'wide rows', attributes, inputs: [shape(9, 1024), shape(1024), shape(1024)] },
    {
      name: 'rows far from zero',
      attributes,
      inputs: [shape(40, 64), shape(64), shape(64)],
      make: (index, random) => (index === 0 ? normals(40 * 64, random).map((v) => v + 20) : null),
    },
    { name: 'many rows', attributes, inputs: [shape(20000, 8), shape(8), shape(8)], gradientOf: [1, 2] },
  ],
})

/** The same operator as it is launched on a GPU: several threads share a row. */
const shared: Operator<{ eps: number }> = {
  ...layerNorm,
  name: 'layerNorm with shared rows',
  launch: (node, target) => layerNorm.launch(node, { ...target, kind: 'gpu' }),
  gradient: (builder, { inputValues: [x, weight] }, [dY]) =>
    x && weight && dY
      ? builder.apply(
          {
            ...layerNormGradient,
            launch: (node, target) => layerNormGradient.launch(node, { ...target, kind: 'gpu' }),
          },
          [x, weight, dY],
          attributes,
        )
      : [],
}

testOperator({
  operator: shared,
  reference: layerNormReference,
  cases: [
    { name: 'rows of 96', attributes, inputs: [shape(3, 51, 96), shape(96), shape(96)] },
    { name: 'rows narrower than the threads', attributes, inputs: [shape(7, 5), shape(5), shape(5)] },
  ],
})
