import { interpolateTable } from './interpolate-table'
import { interpolateTableReference } from './interpolate-table.reference'
import { shape, testOperator } from './testing'

testOperator({
  operator: interpolateTable,
  reference: interpolateTableReference,
  cases: [
    { name: '59 rows to 47 (audio, h)', attributes: { rows: 47 }, inputs: [shape(59, 24)] },
    { name: '59 rows to 71 (audio, w)', attributes: { rows: 71 }, inputs: [shape(59, 24)] },
    { name: '5 rows to 7', attributes: { rows: 7 }, inputs: [shape(5, 6)] },
    { name: '17 rows to 3', attributes: { rows: 3 }, inputs: [shape(17, 5)] },
    { name: 'one row to four', attributes: { rows: 4 }, inputs: [shape(1, 3)] },
    { name: 'four rows to one', attributes: { rows: 1 }, inputs: [shape(4, 3)] },
  ],
})
