import { u32Tensor } from '../gpu/operator'
import { gatherRows } from './gather-rows'
import { shape, testOperator } from './testing'

testOperator({
  operator: gatherRows,
  reference: ([data = new Float64Array(), rows = new Float64Array()], [type]) => {
    const width = type?.shape[1] ?? 0
    const picked = [...rows].flatMap((row) =>
      Array.from({ length: width }, (_, column) => data[row * width + column] ?? 0),
    )
    return [Float64Array.from(picked)]
  },
  cases: [
    {
      name: 'rows twice and rows that are none, four at once',
      attributes: null,
      inputs: [shape(5, 8), u32Tensor(2, 4)],
      make: (index) => (index === 1 ? Uint32Array.of(4, 0, 0, 5, 2, 3, 0xffffffff, 1) : null),
      gradientOf: [],
    },
    {
      name: 'odd width',
      attributes: null,
      inputs: [shape(5, 7), u32Tensor(3)],
      make: (index) => (index === 1 ? Uint32Array.of(4, 0, 9) : null),
      gradientOf: [],
    },
  ],
})
