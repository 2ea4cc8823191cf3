import { linear, matmul, sumRows } from './matmul'
import { linearReference, matmulReference, sumRowsReference } from './matmul.reference'
import { matmulFamily } from './matmul-launch'
import { shape, testOperator } from './testing'

testOperator({
  operator: matmul,
  reference: matmulReference,
  families: [matmulFamily],
  cases: [
    { name: 'nt, 1 x 1 x 1', attributes: { layout: 'nt', alpha: 1 }, inputs: [shape(1, 1), shape(1, 1)] },
    { name: 'nt, odd sizes, scaled', attributes: { layout: 'nt', alpha: 2.5 }, inputs: [shape(13, 7), shape(9, 7)] },
    { name: 'nt, batched', attributes: { layout: 'nt', alpha: 1 }, inputs: [shape(3, 9, 8), shape(3, 17, 8)] },
    {
      name: 'nt, one right side for all',
      attributes: { layout: 'nt', alpha: 1 },
      inputs: [shape(3, 9, 8), shape(5, 8)],
    },
    {
      name: 'nn, multiples of the tile',
      attributes: { layout: 'nn', alpha: 1 },
      inputs: [shape(64, 24), shape(24, 72)],
    },
    { name: 'nn, odd sizes', attributes: { layout: 'nn', alpha: 0.5 }, inputs: [shape(5, 11), shape(11, 3)] },
    { name: 'nn, batched', attributes: { layout: 'nn', alpha: 1 }, inputs: [shape(2, 5, 3), shape(2, 3, 12)] },
    {
      name: 'tn, long sum in stretches',
      attributes: { layout: 'tn', alpha: 1 },
      inputs: [shape(4500, 12), shape(4500, 20)],
    },
    {
      name: 'nt, several tiles of every variant',
      attributes: { layout: 'nt', alpha: 1 },
      inputs: [shape(130, 20), shape(100, 20)],
    },
    {
      name: 'tn, tiles that pass both edges',
      attributes: { layout: 'tn', alpha: 1 },
      inputs: [shape(2, 72, 44), shape(2, 72, 36)],
    },
    {
      name: 'nn, tiles that pass both edges',
      attributes: { layout: 'nn', alpha: 1 },
      inputs: [shape(2, 45, 24), shape(2, 24, 44)],
    },
    {
      name: 'tn, an odd number of rows',
      attributes: { layout: 'tn', alpha: 1 },
      inputs: [shape(1, 71, 68), shape(1, 71, 36)],
    },
    {
      name: 'tn, odd sizes, batched',
      attributes: { layout: 'tn', alpha: 1 },
      inputs: [shape(2, 301, 5), shape(2, 301, 7)],
    },
  ],
})

testOperator({
  operator: linear,
  reference: linearReference,
  families: [matmulFamily],
  cases: [
    { name: 'with bias', attributes: null, inputs: [shape(2, 33, 24), shape(72, 24), shape(72)] },
    { name: 'without bias, odd widths', attributes: null, inputs: [shape(19, 9), shape(5, 9)] },
  ],
})

testOperator({
  operator: sumRows,
  reference: sumRowsReference,
  cases: [
    { name: 'many rows', attributes: null, inputs: [shape(5000, 3)] },
    { name: 'one row', attributes: null, inputs: [shape(1, 130)] },
  ],
})
