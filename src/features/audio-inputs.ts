/**
 * Sound at any rate to the audio network's input on the GPU: mono, resampled to 48 kHz, cut or padded to 3 s, log-mel
 * (spec/audio_numerics.md sections 1 and 2). Every row of a batch has its own rate and gain; one compiled plan does all.
 */
import type { Executable } from '../gpu/executable'
import type { GpuContext } from '../gpu/gpu-context'
import { GraphBuilder } from '../gpu/graph'
import type { BufferRange } from '../gpu/memory'
import { f32Tensor, only, u32Tensor, type Value } from '../gpu/operator'
import { frameCount, logMel } from '../ops/log-mel'
import { maskRow, maskSpectrogram } from '../ops/mask-spectrogram'
import { resample, resampleRowSize } from '../ops/resample'
import { melInputs, resampleInputs } from './audio-tables'
import { copyRow } from './copy-row'
import { downmix } from './downmix'
import { melSettings } from './mel-tables'
import type { SpectrogramMask } from './view-draws'

/** Sound as decoded: one array per channel at the track's own rate (Hz). */
export interface Sound {
  readonly sampleRate: number
  readonly channels: readonly Float32Array[]
}

export interface AudioClip {
  /** At least the window; what lies beyond `clipSamples` is cut, what lacks is silence. */
  readonly sound: Sound
  /** Factor on the waveform; 1 unless training draws one. */
  readonly gain?: number
  /** Only where the plan masks; without it nothing is masked. */
  readonly mask?: SpectrogramMask
  /** Row of the destination. */
  readonly row: number
}

/** What a compiled plan can hold; it is compiled again when a batch needs more. */
interface Capacity {
  readonly samples: number
  readonly kernels: number
  readonly firsts: number
}

const { sampleRate: targetRate, hopLength, mels } = melSettings

/** Owns a plan and its memory. One call at a time: each call fills the same inputs. */
export class AudioInputs {
  private executable: Executable | undefined
  private capacity: Capacity = { samples: 0, kernels: 0, firsts: 0 }
  /** Entries of one row of the destination. */
  private readonly rowBytes: number

  /**
   * @param rowsPerRun Clips of one run of the plan; longer batches take several runs.
   * @param clipSamples Samples at 48 kHz of every clip, at least 513.
   * @param withMasks Whether the plan can mask spectrograms.
   */
  constructor(
    private readonly context: GpuContext,
    private readonly rowsPerRun: number,
    private readonly clipSamples: number = melSettings.clipSamples,
    private readonly withMasks = false,
  ) {
    this.rowBytes = 4 * mels * frameCount(clipSamples, hopLength)
  }

  /**
   * Writes the log-mel spectrogram of every clip, [1, 96, frames] in dB, into its row of `destination` (f32
   * [rows, 1, 96, frames]). Resolves once the work is queued: whatever is submitted afterwards sees it.
   * @throws when a rate cannot be resampled or the GPU lacks memory.
   */
  async run(clips: readonly AudioClip[], destination: BufferRange): Promise<void> {
    for (let first = 0; first < clips.length; first += this.rowsPerRun) {
      const part = clips.slice(first, first + this.rowsPerRun)
      const executable = await this.load(part)
      executable.run()
      part.forEach(({ row }, index) => {
        copyRow(this.context.device, executable.outputRange('mel'), index, destination, row, this.rowBytes)
      })
    }
  }

  /** The clips' mono waveforms at 48 kHz, [clips, clipSamples], before their gain. Waits for the GPU. */
  async waveforms(clips: readonly AudioClip[]): Promise<Float32Array> {
    const all = new Float32Array(clips.length * this.clipSamples)
    for (let first = 0; first < clips.length; first += this.rowsPerRun) {
      const part = clips.slice(first, first + this.rowsPerRun)
      const executable = await this.load(part)
      executable.run()
      const waveforms = await executable.read('waveform')
      all.set(waveforms.subarray(0, part.length * this.clipSamples), first * this.clipSamples)
    }
    return all
  }

  destroy(): void {
    this.executable?.destroy()
  }

  private async load(clips: readonly AudioClip[]): Promise<Executable> {
    const monos = clips.map(({ sound }) => downmix(sound.channels).subarray(0, this.neededSamples(sound.sampleRate)))
    const signals = monos.map((mono, index) => ({
      sampleRate: clips[index]?.sound.sampleRate ?? targetRate,
      length: mono.length,
    }))
    // Rows that this run does not need are silent.
    while (signals.length < this.rowsPerRun) signals.push({ sampleRate: targetRate, length: 0 })
    const { kernels, firsts, rows } = resampleInputs(signals, targetRate)
    const executable = await this.fit({
      samples: Math.max(...signals.map(({ sampleRate }) => this.neededSamples(sampleRate))),
      kernels: kernels.length,
      firsts: firsts.length,
    })
    const { capacity } = this
    const samples = new Float32Array(this.rowsPerRun * capacity.samples)
    monos.forEach((mono, index) => {
      samples.set(mono, index * capacity.samples)
    })
    const gains = new Float32Array(this.rowsPerRun).fill(1)
    clips.forEach(({ gain }, index) => {
      gains[index] = gain ?? 1
    })
    const kernelTable = new Float32Array(capacity.kernels)
    kernelTable.set(kernels)
    const firstTable = new Uint32Array(capacity.firsts)
    firstTable.set(firsts)
    executable.write('samples', samples)
    executable.write('gains', gains)
    executable.write('kernels', kernelTable)
    executable.write('firsts', firstTable)
    executable.write('rows', rows)
    if (this.withMasks) executable.write('masks', this.maskTable(clips))
    return executable
  }

  private maskTable(clips: readonly AudioClip[]): Uint32Array<ArrayBuffer> {
    const table = new Uint32Array(this.rowsPerRun * maskRow)
    clips.forEach(({ mask }, row) => {
      if (mask) table.set([...mask.frames, ...mask.bands], row * maskRow)
    })
    return table
  }

  /** Samples at a rate that can reach the clip: the filter looks 6.06 periods of the lower rate ahead. */
  private neededSamples(sampleRate: number): number {
    const ahead = Math.ceil(7 * Math.max(1, sampleRate / targetRate)) + 1
    return Math.ceil((this.clipSamples * sampleRate) / targetRate) + ahead
  }

  private async fit(needed: Capacity): Promise<Executable> {
    const { samples, kernels, firsts } = this.capacity
    if (this.executable && needed.samples <= samples && needed.kernels <= kernels && needed.firsts <= firsts)
      return this.executable
    this.executable?.destroy()
    this.executable = undefined
    this.capacity = {
      samples: Math.max(samples, needed.samples),
      kernels: Math.max(kernels, needed.kernels),
      firsts: Math.max(firsts, needed.firsts),
    }
    this.executable = await this.compile(this.capacity)
    return this.executable
  }

  private async compile({ samples, kernels, firsts }: Capacity): Promise<Executable> {
    const graph = new GraphBuilder()
    const rows = this.rowsPerRun
    const signals: Value[] = [
      graph.input('samples', f32Tensor(rows, samples)),
      graph.input('kernels', f32Tensor(kernels)),
      graph.input('firsts', u32Tensor(firsts)),
      graph.input('rows', u32Tensor(rows, resampleRowSize)),
    ]
    const waveform = only(graph.apply(resample, signals, { outputLength: this.clipSamples }))
    const tables = melInputs()
    const front: Value[] = [
      waveform,
      graph.input('gains', f32Tensor(rows)),
      graph.input('window', f32Tensor(tables.window.length)),
      graph.input('twiddles', f32Tensor(tables.twiddles.length / 2, 2)),
      graph.input('ranges', u32Tensor(mels, 3)),
      graph.input('weights', f32Tensor(tables.weights.length)),
    ]
    graph.output('waveform', waveform)
    const mel = only(graph.apply(logMel, front, { hopLength }))
    const masks = this.withMasks ? graph.input('masks', u32Tensor(rows, maskRow)) : null
    graph.output('mel', masks ? only(graph.apply(maskSpectrogram, [mel, masks], null)) : mel)
    const executable = await this.context.compile(graph)
    for (const [name, table] of Object.entries(tables)) executable.write(name, table)
    return executable
  }
}
