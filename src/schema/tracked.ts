/** What a training step is watched by beside its losses. Means are null where a batch has nothing to average. */
export interface Tracked {
  /** Share of clips that find their own sound, or picture, first in the batch; chance is 1 / B. */
  readonly retrievalVideoToAudio: number
  readonly retrievalAudioToVideo: number
  /** Mean cosines of (v_p, a_s): own pairs, other snippets of the same title, other titles. */
  readonly positives: number | null
  readonly inTitle: number | null
  readonly crossTitle: number | null
  /** Mean cosine of (a_p, a_s) where both speak one language, and where they do not. */
  readonly sameLanguage: number | null
  readonly otherLanguage: number | null
}
