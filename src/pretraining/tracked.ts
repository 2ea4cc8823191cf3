/**
 * What is watched beside the losses (`spec/pretraining.md` section 6): whether the batch finds its partners, how far
 * apart negatives are, and whether two languages of one scene sound more alike than chance. All from cosines of a batch.
 */
import type { BatchItem } from '../corpus/sampler'
import type { Tracked } from '../schema/tracked'

type Item = Pick<BatchItem, 'titleIndex' | 'languagePrimary' | 'languageSecondary'>

/** Enough to plot; a long run keeps one of these for every step. */
const rounded = (value: number): number => Number(value.toPrecision(5))

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : rounded(values.reduce((sum, value) => sum + value, 0) / values.length)
}

/**
 * @param items B items of a batch.
 * @param cosines Of (v_p, a_s), [B, B], pictures by row.
 * @param audioCosines Of (a_p, a_s), [B, B].
 */
export function trackBatch(items: readonly Item[], cosines: Float32Array, audioCosines: Float32Array): Tracked {
  const size = items.length
  const indices = items.map((_, index) => index)
  const at = (row: number, column: number) => cosines[row * size + column] ?? Number.NaN
  const own = (from: Float32Array, index: number) => from[index * size + index] ?? Number.NaN
  // A partner counts as found when nothing else is as near.
  const found = (others: (index: number, other: number) => number) =>
    indices.filter((index) => indices.every((other) => other === index || others(index, other) < own(cosines, index)))
      .length / size
  const negatives = (isWanted: (a: Item, b: Item) => boolean) =>
    items.flatMap((a, row) => items.flatMap((b, column) => (row !== column && isWanted(a, b) ? [at(row, column)] : [])))
  const dubs = (isSame: boolean) =>
    items.flatMap(({ languagePrimary, languageSecondary }, index) =>
      (languagePrimary === languageSecondary) === isSame ? [own(audioCosines, index)] : [],
    )
  return {
    retrievalVideoToAudio: rounded(found((index, other) => at(index, other))),
    retrievalAudioToVideo: rounded(found((index, other) => at(other, index))),
    positives: mean(indices.map((index) => own(cosines, index))),
    inTitle: mean(negatives((a, b) => a.titleIndex === b.titleIndex)),
    crossTitle: mean(negatives((a, b) => a.titleIndex !== b.titleIndex)),
    sameLanguage: mean(dubs(true)),
    otherLanguage: mean(dubs(false)),
  }
}
