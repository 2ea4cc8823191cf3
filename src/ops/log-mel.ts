/**
 * Log-mel spectrogram of the paper's audio front end (spec/audio_numerics.md section 1): reflect-padded, Hann-windowed
 * frames of 1024 samples, power spectrum, mel bands, decibels.
 */
import melFilter from '../../shaders/mel/filter.wgsl?raw'
import melPower from '../../shaders/mel/power.wgsl?raw'
import { dimension, f32Tensor, type Operator, showShape, spread, typeAt } from '../gpu/operator'

export interface LogMelAttributes {
  /** Samples between frames. */
  readonly hopLength: number
}

const frameLength = 1024
const bins = frameLength / 2 + 1
/** Of 64 residues of a frequency modulo 64, the last pass handles r and 64 - r together. */
const lastPassInvocations = 33

/** Frames of a signal: 1 + floor(samples / hopLength), the first one centred on sample 0. */
export const frameCount = (samples: number, hopLength: number): number => 1 + Math.floor(samples / hopLength)

/**
 * Inputs: waveform [B, samples], gain [B] (a factor on the waveform; 1 for none), window [1024],
 * twiddles [1024, 2], ranges u32 [mels, 3], weights [non-zeros] (tables of `features/mel-tables.ts`).
 * Output [B, 1, mels, frames] in dB, at least -100. Samples beyond the window's reach need none: at least 513 samples.
 */
export const logMel: Operator<LogMelAttributes> = {
  name: 'logMel',
  infer(inputs, { hopLength }) {
    const waveform = typeAt(inputs, 0, 'logMel')
    const [batch, samples] = [dimension(waveform, 0), dimension(waveform, 1)]
    const mels = dimension(typeAt(inputs, 4, 'logMel'), 0)
    if (waveform.shape.length !== 2 || dimension(typeAt(inputs, 1, 'logMel'), 0) !== batch)
      throw new Error('expects a waveform [B, samples] and gains [B].')
    if (samples <= frameLength / 2)
      throw new Error(`${samples} samples cannot be mirrored by ${frameLength / 2}; append zeros.`)
    for (const index of [2, 3]) {
      const type = typeAt(inputs, index, 'logMel')
      if (dimension(type, 0) !== frameLength)
        throw new Error(`window and twiddles have ${frameLength} entries, not ${showShape(type)}.`)
    }
    return [f32Tensor(batch, 1, mels, frameCount(samples, hopLength))]
  },
  workspace(inputs, { hopLength }) {
    const waveform = typeAt(inputs, 0, 'logMel')
    const spectra = dimension(waveform, 0) * frameCount(dimension(waveform, 1), hopLength)
    return [f32Tensor(spectra, frameLength / 2, 2), f32Tensor(spectra, bins)]
  },
  launch({ inputs, outputs, attributes }, target) {
    const waveform = typeAt(inputs, 0, 'logMel')
    const [batch, , mels, frames] = typeAt(outputs, 0, 'logMel').shape as [number, number, number, number]
    const spectra = batch * frames
    const uniforms = [batch, dimension(waveform, 1), frames, attributes.hopLength]
    return [
      {
        source: melPower,
        entryPoint: 'transform_frames',
        constants: { FIRST: true, LAST: false },
        uniforms,
        bindings: [{ input: 0 }, { input: 2 }, { input: 3 }, { workspace: 0 }],
        workgroups: spread(spectra, target),
        flops: spectra * 10_000,
      },
      {
        source: melPower,
        entryPoint: 'transform_middle',
        constants: { FIRST: false, LAST: false },
        uniforms,
        bindings: [{ input: 3 }, { workspace: 0 }],
        workgroups: spread(spectra, target),
        flops: spectra * 10_000,
      },
      {
        source: melPower,
        entryPoint: 'power_of_frames',
        constants: { FIRST: false, LAST: true },
        uniforms,
        bindings: [{ input: 3 }, { workspace: 0 }, { input: 1 }, { workspace: 1 }],
        workgroups: spread(Math.ceil((spectra * lastPassInvocations) / 64), target),
        flops: spectra * 10_000,
      },
      {
        source: melFilter,
        entryPoint: 'mel_decibels',
        uniforms: [batch, mels, frames, bins],
        bindings: [{ workspace: 1 }, { input: 4 }, { input: 5 }, { output: 0 }],
        workgroups: spread(Math.ceil((spectra * mels) / 64), target),
        flops: spectra * (2 * bins + 20 * mels),
      },
    ]
  },
}
