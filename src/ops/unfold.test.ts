import { shape, testOperator } from './testing'
import { unfold } from './unfold'
import { unfoldReference } from './unfold.reference'

testOperator({
  operator: unfold,
  reference: unfoldReference,
  cases: [
    {
      name: 'patches of a spectrogram, overlapping and padded',
      attributes: { kernel: [1, 7, 9], stride: [1, 4, 8], padding: [0, 3, 4] },
      inputs: [shape(2, 1, 1, 21, 34)],
    },
    {
      name: 'patches of a clip',
      attributes: { kernel: [3, 5, 5], stride: [2, 3, 4], padding: [1, 2, 2] },
      inputs: [shape(2, 3, 4, 10, 13)],
    },
    {
      name: 'one pixel',
      attributes: { kernel: [3, 3, 3], stride: [1, 1, 1], padding: [1, 1, 1] },
      inputs: [shape(1, 1, 1, 1, 1)],
    },
  ],
})
