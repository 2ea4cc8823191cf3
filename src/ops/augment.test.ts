/** The augmentations that touch tensors, against their float64 references. */
import { u32Tensor } from '../gpu/operator'
import { colourJitter } from './colour-jitter'
import { colourJitterReference } from './colour-jitter.reference'
import { maskSpectrogram } from './mask-spectrogram'
import { maskSpectrogramReference } from './mask-spectrogram.reference'
import { shape, testOperator } from './testing'

const colours = (count: number, random: () => number) => Float32Array.from({ length: count }, random)

testOperator({
  operator: colourJitter,
  reference: colourJitterReference,
  cases: [
    {
      name: 'three clips of two frames, each with factors of its own, one in grey',
      attributes: null,
      inputs: [shape(3, 3, 2, 9, 7), shape(3, 5)],
      make: (index, random) =>
        index === 0
          ? colours(3 * 3 * 2 * 63, random)
          : Float32Array.of(1.6, 0.4, 1.3, 0.15, 0, 0.4, 1.6, 0.4, -0.15, 0, 1.1, 0.9, 1.6, 0.07, 1),
    },
    {
      name: 'factors that change nothing',
      attributes: null,
      inputs: [shape(1, 3, 1, 8, 8), shape(1, 5)],
      make: (index, random) => (index === 0 ? colours(192, random) : Float32Array.of(1, 1, 1, 0, 0)),
    },
    {
      name: 'a black and a grey picture, which have no hue',
      attributes: null,
      inputs: [shape(2, 3, 1, 4, 4), shape(2, 5)],
      make: (index) =>
        index === 0
          ? Float32Array.from({ length: 96 }, (_, i) => (i < 48 ? 0 : 0.5))
          : Float32Array.of(1.5, 0.5, 1.5, 0.1, 0, 1.2, 0.5, 1.5, 0.1, 0),
    },
  ],
})

testOperator({
  operator: maskSpectrogram,
  reference: maskSpectrogramReference,
  cases: [
    {
      name: 'two spectrograms, one with both masks and one with none',
      attributes: null,
      inputs: [shape(2, 1, 12, 30), u32Tensor(2, 4)],
      make: (index) => (index === 1 ? Uint32Array.of(5, 17, 3, 6, 0, 0, 0, 0) : null),
      gradientOf: [],
    },
  ],
})
