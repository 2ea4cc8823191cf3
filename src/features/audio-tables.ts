/** Host tables as the operators of the audio front end take them: float32 arrays, ready to upload. */
import { hannWindow, melFilterBank, melSettings, twiddleTable } from './mel-tables'
import { type ResampleKernel, resampleKernel } from './resample-kernel'

/** Inputs 2 to 5 of `logMel`. */
export function melInputs(mels: number = melSettings.mels) {
  const { nFft, sampleRate } = melSettings
  const filters = melFilterBank(mels, nFft, sampleRate)
  return {
    window: Float32Array.from(hannWindow(nFft)),
    twiddles: Float32Array.from(twiddleTable(nFft)),
    ranges: filters.ranges,
    weights: Float32Array.from(filters.weights),
  }
}

/** Tables of several pairs of rates, one after another, and each row's place in them. */
export interface ResampleInputs {
  readonly kernels: Float32Array
  readonly firsts: Uint32Array
  /** [B, 8], input 3 of `resample`. */
  readonly rows: Uint32Array
}

/**
 * Inputs 1 to 3 of `resample` for rows at their own rates (Hz).
 * @throws what {@link resampleKernel} finds wrong with a rate.
 */
export function resampleInputs(
  signals: readonly { readonly sampleRate: number; readonly length: number }[],
  to: number,
): ResampleInputs {
  const tables = new Map<number, { kernel: ResampleKernel; weightStart: number; firstStart: number }>()
  let weightCount = 0
  let firstCount = 0
  const rows: number[] = []
  for (const { sampleRate, length } of signals) {
    let table = tables.get(sampleRate)
    if (!table) {
      const kernel = resampleKernel(sampleRate, to)
      table = { kernel, weightStart: weightCount, firstStart: firstCount }
      tables.set(sampleRate, table)
      weightCount += kernel.weights.length
      firstCount += kernel.firsts.length
    }
    const { kernel, weightStart, firstStart } = table
    rows.push(kernel.original, kernel.target, kernel.width, kernel.taps, weightStart, firstStart, length, 0)
  }
  const kernels = new Float32Array(weightCount)
  const firsts = new Uint32Array(firstCount)
  for (const { kernel, weightStart, firstStart } of tables.values()) {
    kernels.set(kernel.weights, weightStart)
    firsts.set(kernel.firsts, firstStart)
  }
  return { kernels, firsts, rows: Uint32Array.from(rows) }
}
