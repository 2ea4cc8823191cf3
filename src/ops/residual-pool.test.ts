import { residualPool } from './residual-pool'
import { residualPoolReference } from './residual-pool.reference'
import { shape, testOperator } from './testing'

testOperator({
  operator: residualPool,
  reference: residualPoolReference,
  cases: [
    { name: 'with CLS', attributes: { cls: 1 }, inputs: [shape(2, 3, 7, 5), shape(2, 3, 7, 5)] },
    { name: 'without CLS', attributes: { cls: 0 }, inputs: [shape(3, 2, 9, 8), shape(3, 2, 9, 8)] },
    { name: 'CLS alone', attributes: { cls: 1 }, inputs: [shape(1, 1, 1, 1), shape(1, 1, 1, 1)], gradientOf: [0] },
  ],
})
