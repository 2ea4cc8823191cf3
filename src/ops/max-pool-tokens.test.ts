import { maxPoolTokens } from './max-pool-tokens'
import { maxPoolTokensReference } from './max-pool-tokens.reference'
import { shape, testOperator } from './testing'

testOperator({
  operator: maxPoolTokens,
  reference: maxPoolTokensReference,
  cases: [
    {
      name: 'clip with CLS, stride 2 in space',
      attributes: { grid: [2, 7, 5], stride: [1, 2, 2], cls: 1 },
      inputs: [shape(2, 71, 6)],
    },
    {
      name: 'spectrogram without CLS, different strides',
      attributes: { grid: [1, 8, 9], stride: [1, 4, 3], cls: 0 },
      inputs: [shape(3, 72, 5)],
    },
    {
      name: 'strided in time too',
      attributes: { grid: [5, 3, 4], stride: [2, 2, 1], cls: 1 },
      inputs: [shape(1, 61, 3)],
    },
    { name: 'one token', attributes: { grid: [1, 1, 1], stride: [1, 2, 2], cls: 0 }, inputs: [shape(2, 1, 3)] },
    {
      name: 'ties: the first of equal numbers wins',
      attributes: { grid: [1, 6, 6], stride: [1, 2, 2], cls: 1 },
      inputs: [shape(1, 37, 4)],
      make: (_, random) => Float32Array.from({ length: 37 * 4 }, () => Math.floor(random() * 3)),
      gradientOf: [],
    },
  ],
})
