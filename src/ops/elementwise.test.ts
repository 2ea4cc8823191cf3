import { add } from './add'
import { addInto } from './add-into'
import {
  addReference,
  geluReference,
  reluReference,
  scaleReference,
  weightedSumReference,
} from './elementwise.reference'
import { gelu } from './gelu'
import { relu } from './relu'
import { scale } from './scale'
import { normals, shape, testOperator } from './testing'
import { weightedSum } from './weighted-sum'

testOperator({
  operator: gelu,
  reference: geluReference,
  cases: [
    { name: 'one number', attributes: null, inputs: [shape(1)] },
    {
      name: 'both tails',
      attributes: null,
      inputs: [shape(5, 400)],
      make: (_, random) => normals(2000, random).map((v) => 3 * v),
    },
    { name: 'odd size', attributes: null, inputs: [shape(7, 11)] },
  ],
})

testOperator({
  operator: relu,
  reference: reluReference,
  cases: [
    { name: 'fours', attributes: null, inputs: [shape(3, 64)] },
    { name: 'odd size', attributes: null, inputs: [shape(77)] },
  ],
})

testOperator({
  operator: add,
  reference: addReference,
  cases: [
    { name: 'fours', attributes: null, inputs: [shape(3, 64), shape(3, 64)] },
    { name: 'odd size', attributes: null, inputs: [shape(131), shape(131)] },
  ],
})

testOperator({
  operator: addInto,
  reference: addReference,
  cases: [
    { name: 'fours', attributes: null, inputs: [shape(3, 64), shape(192)] },
    { name: 'odd size', attributes: null, inputs: [shape(131), shape(131)] },
  ],
})

testOperator({
  operator: scale,
  reference: scaleReference,
  cases: [
    { name: 'fours', attributes: { factor: -0.7 }, inputs: [shape(3, 64)] },
    { name: 'one number', attributes: { factor: 3 }, inputs: [shape(1)] },
  ],
})

testOperator({
  operator: weightedSum,
  reference: weightedSumReference,
  cases: [
    { name: 'one scalar', attributes: { weights: [2] }, inputs: [shape(1)] },
    {
      name: 'the total loss, one term only tracked',
      attributes: { weights: [0.5, 0.5, 0, 0.2] },
      inputs: [shape(1), shape(1), shape(1), shape(1)],
      gradientOf: [0, 1, 3],
    },
  ],
})
