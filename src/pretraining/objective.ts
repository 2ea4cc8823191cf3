/** Eq. 1 to 3 of the paper on the projections of one batch (`spec/pretraining.md` section 6). */
import type { Builder, Value } from '../gpu/operator'
import { dimension, only } from '../gpu/operator'
import { clipLoss } from '../ops/clip-loss'
import { contrastiveLoss } from '../ops/contrastive-loss'
import { l2Normalise } from '../ops/l2-normalise'
import { matrixProduct } from '../ops/matmul'
import { sliceRows } from '../ops/move-rows'
import { weightedSum } from '../ops/weighted-sum'

export interface ObjectiveSettings {
  readonly temperature: number
  /** Weight of L; 0 leaves the within-modal training that the paper found too easy from scratch. */
  readonly crossWeight: number
  readonly lambdaV: number
  readonly lambdaA: number
  /** `paper`, unless given: Eq. 1; `clip`: two softmaxes averaged, as CLIP has it. */
  readonly form?: 'paper' | 'clip'
}

export interface ObjectiveValues {
  /** Each [1], mean over the batch. */
  readonly L: Value
  readonly Lv: Value
  readonly La: Value
  readonly total: Value
  /** Logits of (v_p, a_s): cosines / temperature, [B, B]. */
  readonly logits: Value
  /** Logits of (a_p, a_s), [B, B]. */
  readonly audioLogits: Value
}

/** @param zVideo Projections [2B, d], primary views first, before normalisation; `zAudio` likewise. */
export function buildObjective(
  b: Builder,
  zVideo: Value,
  zAudio: Value,
  { temperature, crossWeight, lambdaV, lambdaA, form = 'paper' }: ObjectiveSettings,
): ObjectiveValues {
  const count = dimension(zVideo.type, 0) / 2
  const views = (z: Value) => {
    const normalised = only(b.apply(l2Normalise, [z], null))
    const half = (start: number) => only(b.apply(sliceRows, [normalised], { start, count }))
    return { primary: half(0), secondary: half(count) }
  }
  const video = views(zVideo)
  const audio = views(zAudio)
  const logitsOf = (left: Value, right: Value) => matrixProduct(b, left, right, 'nt', 1 / temperature)
  const loss = (logits: Value) => only(b.apply(form === 'clip' ? clipLoss : contrastiveLoss, [logits], null))
  const sum = (values: readonly Value[], weights: readonly number[]) => only(b.apply(weightedSum, values, { weights }))
  // Crossed on purpose: with dubs, every video view meets the audio of the other view.
  const logits = logitsOf(video.primary, audio.secondary)
  const audioLogits = logitsOf(audio.primary, audio.secondary)
  const L = sum([loss(logits), loss(logitsOf(video.secondary, audio.primary))], [0.5, 0.5])
  const Lv = loss(logitsOf(video.primary, video.secondary))
  const La = loss(audioLogits)
  return { L, Lv, La, total: sum([L, Lv, La], [crossWeight, lambdaV, lambdaA]), logits, audioLogits }
}
