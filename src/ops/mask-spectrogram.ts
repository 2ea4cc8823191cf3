/**
 * SpecAugment's time and frequency masks (Park et al. 2019, arXiv 1904.08779) on the GPU. What is masked takes on the mean
 * of its spectrogram: in dB a zero would be a loud noise.
 */
import source from '../../shaders/augment/mask.wgsl?raw'
import { dimension, elementCount, f32Tensor, type Operator, spread, typeAt } from '../gpu/operator'
import { requireCount } from './elements'

/** Numbers per clip of the `table` input: frames [from, to), bands [from, to). */
export const maskRow = 4

/** Inputs: mel [B, 1, bands, frames], table u32 [B, 4]. Output: masked spectrograms. No gradient passes. */
export const maskSpectrogram: Operator<null> = {
  name: 'maskSpectrogram',
  infer(inputs) {
    const mel = typeAt(inputs, 0, 'maskSpectrogram')
    const table = typeAt(inputs, 1, 'maskSpectrogram')
    requireCount(table, maskRow * dimension(mel, 0), 'the table of masks')
    if (table.dtype !== 'u32') throw new Error('the table of masks must be u32')
    return [f32Tensor(...mel.shape)]
  },
  launch({ inputs }, target) {
    const mel = typeAt(inputs, 0, 'maskSpectrogram')
    const batch = dimension(mel, 0)
    return [
      {
        source,
        entryPoint: 'mask_spectrogram',
        uniforms: [batch, dimension(mel, -2), dimension(mel, -1)],
        bindings: [{ input: 0 }, { input: 1 }, { output: 0 }],
        workgroups: spread(batch, target),
        flops: 2 * elementCount(mel),
      },
    ]
  },
}
