import { resampleInputs } from '../features/audio-tables'
import { f32Tensor, u32Tensor } from '../gpu/operator'
import { resample } from './resample'
import { resampleReference } from './resample.reference'
import { type OperatorCase, testOperator } from './testing'

function atRates(
  name: string,
  signals: { sampleRate: number; length: number }[],
  to: number,
  outputLength: number,
): OperatorCase<{ outputLength: number }> {
  const { kernels, firsts, rows } = resampleInputs(signals, to)
  const samples = Math.max(...signals.map(({ length }) => length))
  return {
    name,
    attributes: { outputLength },
    inputs: [
      f32Tensor(signals.length, samples),
      f32Tensor(kernels.length),
      u32Tensor(firsts.length),
      u32Tensor(signals.length, 8),
    ],
    make: (index) => [null, kernels, firsts, rows][index] ?? null,
  }
}

testOperator({
  operator: resample,
  reference: resampleReference,
  cases: [
    atRates('44.1 to 48 kHz', [{ sampleRate: 44_100, length: 441 }], 48_000, 480),
    atRates('48 to 16 kHz, result cut', [{ sampleRate: 48_000, length: 700 }], 16_000, 100),
    atRates('44.1 to 16 kHz', [{ sampleRate: 44_100, length: 1000 }], 16_000, 363),
    atRates(
      'a rate and a length per row, shorter ones followed by zeros',
      [
        { sampleRate: 16_000, length: 101 },
        { sampleRate: 48_000, length: 333 },
        { sampleRate: 22_050, length: 1 },
        { sampleRate: 11_025, length: 77 },
        { sampleRate: 96_000, length: 500 },
        { sampleRate: 48_000, length: 0 },
      ],
      48_000,
      400,
    ),
  ],
})
