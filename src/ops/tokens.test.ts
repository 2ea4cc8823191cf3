import { expect, it } from 'vitest'
import { GraphBuilder } from '../gpu/graph'
import { moveRows, sliceRows } from './move-rows'
import { shape, testOperator } from './testing'
import { meanTokens, prependToken, takeToken } from './tokens'
import {
  meanTokensReference,
  moveRowsReference,
  prependTokenReference,
  sliceRowsReference,
  takeTokenReference,
} from './tokens.reference'

testOperator({
  operator: meanTokens,
  reference: meanTokensReference,
  cases: [
    { name: 'all tokens', attributes: { skipFirst: 0 }, inputs: [shape(3, 15, 24)] },
    { name: 'without the class token', attributes: { skipFirst: 1 }, inputs: [shape(2, 129, 32)] },
    { name: 'one token, odd width', attributes: { skipFirst: 0 }, inputs: [shape(2, 1, 7)] },
  ],
})

testOperator({
  operator: takeToken,
  reference: takeTokenReference,
  cases: [
    { name: 'fours', attributes: null, inputs: [shape(3, 10, 64)] },
    { name: 'odd width', attributes: null, inputs: [shape(3, 10, 5)] },
  ],
})

testOperator({
  operator: prependToken,
  reference: prependTokenReference,
  cases: [
    { name: 'fours', attributes: null, inputs: [shape(3, 10, 64), shape(1, 1, 64)] },
    { name: 'one sample, odd width', attributes: null, inputs: [shape(1, 4, 5), shape(1, 1, 5)] },
  ],
})

testOperator({
  operator: moveRows,
  reference: moveRowsReference,
  cases: [
    { name: 'down, into more rows', attributes: { rows: 9, shift: 2 }, inputs: [shape(2, 5, 8)] },
    { name: 'up, into fewer rows', attributes: { rows: 2, shift: -4 }, inputs: [shape(3, 5, 3)] },
  ],
})

testOperator({
  operator: sliceRows,
  reference: sliceRowsReference,
  cases: [
    { name: 'the second half of a batch', attributes: { start: 8, count: 8 }, inputs: [shape(16, 128)] },
    { name: 'one row, odd width', attributes: { start: 2, count: 1 }, inputs: [shape(3, 5)] },
  ],
})

it('a slice past the last row is refused', () => {
  const graph = new GraphBuilder()
  expect(() => graph.apply(sliceRows, [graph.input('x', shape(4, 8))], { start: 2, count: 3 })).toThrow(
    'sliceRows(f32[4, 8]): rows 2 to 4 are not all there',
  )
})
