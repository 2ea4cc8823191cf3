/**
 * Windowed-sinc resampling by polyphase tables, every row of a batch with its own pair of rates
 * (spec/audio_numerics.md section 2; tables from `features/resample-kernel.ts`).
 */
import source from '../../shaders/resample/resample.wgsl?raw'
import { dimension, f32Tensor, type Operator, spread, typeAt } from '../gpu/operator'

export interface ResampleAttributes {
  /** Samples of every output row: longer results are cut, shorter ones followed by zeros. */
  readonly outputLength: number
}

/** Numbers per row of the `rows` input. */
export const resampleRowSize = 8

/**
 * Inputs: x [B, samples]; kernels [*] and firsts u32 [*], the tables of all pairs of rates one after another; rows u32
 * [B, 8]: original and target rate over their common divisor, width, taps, start in kernels, start in firsts, samples
 * that count in this row, 0. Output [B, outputLength].
 */
export const resample: Operator<ResampleAttributes> = {
  name: 'resample',
  infer(inputs, { outputLength }) {
    const batch = dimension(typeAt(inputs, 0, 'resample'), 0)
    const rows = typeAt(inputs, 3, 'resample')
    if (dimension(rows, 0) !== batch || dimension(rows, 1) !== resampleRowSize)
      throw new Error(`expects x [B, samples] and rows [B, ${resampleRowSize}].`)
    return [f32Tensor(batch, outputLength)]
  },
  launch({ inputs, attributes }, target) {
    const x = typeAt(inputs, 0, 'resample')
    const count = dimension(x, 0) * attributes.outputLength
    return [
      {
        source,
        entryPoint: 'resample_rows',
        uniforms: [dimension(x, 0), dimension(x, 1), attributes.outputLength],
        bindings: [{ input: 0 }, { input: 1 }, { input: 2 }, { input: 3 }, { output: 0 }],
        workgroups: spread(Math.ceil(count / 64), target),
        flops: count * 30,
      },
    ]
  },
}
