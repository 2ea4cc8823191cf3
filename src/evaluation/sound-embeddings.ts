/** Sounds of a benchmark to one embedding each: the scene embedding of a HEAR task (`spec/evaluation.md` section 2.1). */
import type { Sound } from '../features/audio-inputs'
import type { GpuContext } from '../gpu/gpu-context'
import type { FrozenNetwork } from '../models/network'
import { ClipStation, Mean, soundClips } from './clip-station'
import { storeNetwork } from './embedder'

export interface SoundEmbeddingOptions {
  readonly signal: AbortSignal
  /** Called with embeddings in the order of the sounds, as soon as they are there. */
  onEmbedded(index: number, embedding: Float32Array): Promise<void>
}

/** Sounds whose windows are on their way through the network at a time. */
const soundsAtOnce = 32

/**
 * Embeds the sounds by the audio network; one of fewer than two samples gets an empty embedding.
 * @param read Reads one sound; the next is read while the network computes.
 */
export async function embedSounds(
  context: GpuContext,
  network: FrozenNetwork,
  tensors: ReadonlyMap<string, Float32Array>,
  count: number,
  read: (index: number) => Promise<Sound>,
  { signal, onEmbedded }: SoundEmbeddingOptions,
): Promise<void> {
  if (count === 0) return
  const weights = await storeNetwork(context, network, tensors)
  try {
    const station = await ClipStation.create(context, network, 'audio', weights)
    try {
      for (let from = 0; from < count; from += soundsAtOnce) {
        const means = Array.from({ length: Math.min(soundsAtOnce, count - from) }, () => new Mean())
        let next = read(from)
        for (const [index, mean] of means.entries()) {
          signal.throwIfAborted()
          const sound = await next
          if (index + 1 < means.length) {
            next = read(from + index + 1)
            // It is awaited in the next round; a failure before that must not go unheard.
            next.catch(() => undefined)
          }
          for (const clip of soundClips(sound)) await station.add(clip, mean)
        }
        await station.flush()
        for (const [index, mean] of means.entries()) await onEmbedded(from + index, mean.result().embedding)
      }
    } finally {
      station.destroy()
    }
  } finally {
    weights.destroy()
  }
}
