import { expect, it } from 'vitest'
import { melInputs } from '../features/audio-tables'
import { f32Tensor, u32Tensor } from '../gpu/operator'
import { logMel } from './log-mel'
import { logMelReference } from './log-mel.reference'
import { type OperatorCase, testOperator } from './testing'

function withTables(
  name: string,
  batch: number,
  samples: number,
  hopLength: number,
  mels: number,
): OperatorCase<{ hopLength: number }> {
  const { window, twiddles, ranges, weights } = melInputs(mels)
  return {
    name,
    attributes: { hopLength },
    inputs: [
      f32Tensor(batch, samples),
      f32Tensor(batch),
      f32Tensor(1024),
      f32Tensor(1024, 2),
      u32Tensor(mels, 3),
      f32Tensor(weights.length),
    ],
    make: (index) => [null, null, window, twiddles, ranges, weights][index] ?? null,
  }
}

testOperator({
  operator: logMel,
  reference: logMelReference,
  cases: [
    withTables('96 bands, hop 501, two clips with their gains', 2, 3007, 501, 96),
    withTables('the shortest signal that can be mirrored', 1, 513, 501, 96),
    withTables('a hop of one sample and a band count that is odd', 1, 530, 17, 31),
  ],
})

it('refuses a signal too short to be mirrored', () => {
  const { inputs } = withTables('', 1, 512, 501, 96)
  expect(() => logMel.infer(inputs, { hopLength: 501 })).toThrow('512 samples cannot be mirrored')
})
