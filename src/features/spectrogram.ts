/** The spectrogram cell's picture of a stretch of sound: what the audio network would see of it. */
import type { GpuContext } from '../gpu/gpu-context'
import { allocate, readRange } from '../gpu/memory'
import { frameCount } from '../ops/log-mel'
import { AudioInputs, type Sound } from './audio-inputs'
import { downmix } from './downmix'
import { melSettings } from './mel-tables'
import { resampledLength } from './resample-kernel'

export interface Spectrogram {
  /** [bands, frames] in dB, low to high. */
  readonly mel: Float32Array
  readonly bands: number
  readonly frames: number
  /** Mono at 48 kHz. */
  readonly samples: Float32Array
}

/** Shortest signal whose ends can be mirrored by half a window. */
const shortest = melSettings.nFft / 2 + 1

/**
 * Log-mel spectrogram of a sound of any length and rate; one shorter than 513 samples at 48 kHz is followed by silence.
 * @throws when the sound has no channel, its rate cannot be resampled, or the GPU lacks memory.
 */
export async function spectrogram(context: GpuContext, sound: Sound): Promise<Spectrogram> {
  const { sampleRate, hopLength, mels } = melSettings
  const mono = downmix(sound.channels)
  const length = Math.max(shortest, resampledLength(mono.length, sound.sampleRate, sampleRate))
  const frames = frameCount(length, hopLength)
  const inputs = new AudioInputs(context, 1, length)
  const bytes = 4 * mels * frames
  const buffer = await allocate(context.device, bytes, 'a spectrogram')
  try {
    const clips = [{ sound: { sampleRate: sound.sampleRate, channels: [mono] }, row: 0 }]
    const destination = { buffer, offset: 0, bytes }
    await inputs.run(clips, destination)
    const samples = await inputs.waveforms(clips)
    return { mel: new Float32Array(await readRange(context.device, destination)), bands: mels, frames, samples }
  } finally {
    inputs.destroy()
    buffer.destroy()
  }
}
