/**
 * Proposes, for every dub of a title, the offset that puts its background where it is in the original track. Only some
 * places of the title are decoded, one window of one track at a time.
 */
import type { AudioWindow } from '../media/types'
import type { OffsetProposal } from '../schema/track-edits'
import { alignRate, DelayFinder, enoughConfidence, type SoundPair } from './align'
import { lowRate } from './low-rate'
import type { OpenTitle } from './open-corpus'
import type { AudioTrackRef } from './title-tracks'

/** Length of a place that is compared: with the delays sought it fills a transform of 2^18. */
const windowS = 22
const mostWindows = 8
/** Less than this of a title says nothing. */
const leastS = 1

/** What is nearer than this counts as in its place: no ear and no model hears it. */
const inPlaceMs = 0.1

/** Begins of windows, spread evenly over a title, on whole seconds: there the grids of all rates meet. */
function places(durationS: number): { readonly startsS: readonly number[]; readonly lengthS: number } {
  const lengthS = Math.min(windowS, durationS)
  const count = Math.max(1, Math.min(mostWindows, Math.floor(durationS / windowS)))
  const startsS = Array.from({ length: count }, (_, i) => {
    const start = ((i + 0.5) * durationS) / count - lengthS / 2
    return Math.floor(Math.max(0, start))
  })
  return { startsS, lengthS }
}

/**
 * Sum and difference of the front channels at a low rate. The difference leaves out what is in the middle, as speech mostly
 * is; what is more than stereo has a centre of its own, which is left out.
 */
function views({ channels, sampleRate }: AudioWindow): readonly Float32Array[] {
  const [left = new Float32Array(), right] = channels
  const low = (samples: Float32Array) => lowRate(samples, sampleRate, alignRate)
  if (!right) return [low(left)]
  return [
    low(left.map((sample, i) => sample + (right[i] ?? 0))),
    low(left.map((sample, i) => sample - (right[i] ?? 0))),
  ]
}

/** Pairs of views that both tracks have; mono is compared with the sum. */
const pairsOf = (reference: readonly Float32Array[], dub: readonly Float32Array[]): SoundPair[] =>
  reference.flatMap((view, i) => {
    const other = dub[i]
    return other ? [{ reference: view, dub: other }] : []
  })

/**
 * @param onProgress Called with the share that is done.
 * @throws when a track cannot be decoded, and with an `AbortError` after `signal`.
 */
export async function alignTitle(
  title: OpenTitle,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<OffsetProposal[]> {
  const [original, ...dubs] = title.audio
  if (!original || dubs.length === 0 || title.durationS < leastS) return []
  const { startsS, lengthS } = places(title.durationS)
  const finders = dubs.map((dub) => ({ dub, finder: new DelayFinder(lengthS) }))
  let done = 0
  const read = async ({ trackId }: AudioTrackRef, startS: number) => {
    const found = views(await title.source.readAudio(trackId, startS, startS + lengthS, signal))
    signal.throwIfAborted()
    onProgress(++done / (startsS.length * title.audio.length))
    return found
  }
  for (const startS of startsS) {
    const reference = await read(original, startS)
    for (const { dub, finder } of finders) finder.add(pairsOf(reference, await read(dub, startS)))
  }
  return finders.map(({ dub, finder }) => proposal(title, dub, finder))
}

function proposal({ source }: OpenTitle, { trackId, language }: AudioTrackRef, finder: DelayFinder): OffsetProposal {
  const found = source.tracks.find(({ id }) => id === trackId)
  const presentMs = found?.sound?.offsetMs ?? 0
  const rate = found?.sampleRate ?? 48000
  const alignment = finder.result()
  const delayS = alignment && Math.abs(1000 * alignment.delayS) >= inPlaceMs ? alignment.delayS : 0
  // Sound moves by whole samples.
  const samples = Math.round((presentMs / 1000) * rate) - Math.round(delayS * rate)
  const movedMs = delayS === 0 ? presentMs : Number(((1000 * samples) / rate).toFixed(3))
  return {
    trackId,
    language,
    path: found?.sound?.path ?? '',
    track: found?.sound?.track ?? trackId,
    presentMs,
    offsetMs: alignment ? movedMs : null,
    confidence: alignment?.confidence ?? 0,
    reliable: (alignment?.confidence ?? 0) >= enoughConfidence,
    agreeing: alignment?.agreeing ?? 0,
    places: alignment?.windows ?? 0,
  }
}
