/** Channels of a track to one. */

const root = Math.SQRT1_2
/**
 * Weights of left and right after ITU-R BS.775: centre and surrounds enter both sides at -3 dB, the low-frequency
 * channel is left out; then the mean of both sides. Channels in the order of WebCodecs (SMPTE): L R C LFE Ls Rs ...
 */
const surroundWeights: Readonly<Record<number, readonly number[]>> = {
  3: [0.5, 0.5, root],
  4: [0.5, 0.5, root / 2, root / 2],
  5: [0.5, 0.5, root, root / 2, root / 2],
  6: [0.5, 0.5, root, 0, root / 2, root / 2],
  8: [0.5, 0.5, root, 0, root / 2, root / 2, root / 2, root / 2],
}

/**
 * Mono of any number of channels of one length: the mean of one or two, as the authors do; of 3 (L R C), 4 (quad), 5,
 * 6 (5.1) and 8 (7.1) the mean of an ITU-R BS.775 stereo down-mix, unnormalised; of others the mean.
 * @throws when there is no channel.
 */
export function downmix(channels: readonly Float32Array[]): Float32Array {
  const [first] = channels
  if (!first) throw new Error('The sound has no channel.')
  if (channels.length === 1) return first
  const weights = surroundWeights[channels.length]
  const mono = new Float32Array(first.length)
  channels.forEach((channel, index) => {
    const weight = weights?.[index] ?? 1 / channels.length
    if (weight === 0) return
    for (let i = 0; i < mono.length; i++) mono[i] = (mono[i] ?? 0) + weight * (channel[i] ?? 0)
  })
  return mono
}
