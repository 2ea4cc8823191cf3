/** Columns of the results table, grouped by what they ask for as section 5.1 of the paper does. */

export interface ResultColumn {
  readonly benchmark: 'HEAR' | 'LVU'
  /** As the paper calls it. */
  readonly name: string
  readonly metric: 'top-1' | 'mAP'
}

export interface ColumnGroup {
  readonly name: string
  readonly columns: readonly ResultColumn[]
}

const hear = (name: string, metric: ResultColumn['metric'] = 'top-1'): ResultColumn => ({
  benchmark: 'HEAR',
  name,
  metric,
})
const lvu = (name: string): ResultColumn => ({ benchmark: 'LVU', name, metric: 'top-1' })

const lvuGroups: readonly ColumnGroup[] = [
  { name: 'LVU content', columns: ['Relation', 'Scene', 'Speak'].map(lvu) },
  { name: 'LVU metadata', columns: ['Director', 'Genre', 'Writer', 'Year'].map(lvu) },
]

/** Of embeddings of sound (Table 2) and of pictures (Table 4). */
export const groupsOf: Readonly<Record<'audio' | 'video', readonly ColumnGroup[]>> = {
  audio: [
    { name: 'Sound and scene', columns: [hear('ESC'), hear('FSD', 'mAP'), hear('GTZAN')] },
    { name: 'Non-semantic speech', columns: [hear('LibCnt'), hear('CREMA'), hear('VI', 'mAP')] },
    { name: 'Semantic speech', columns: [hear('Speech')] },
    { name: 'Language', columns: [hear('VoxLng')] },
    ...lvuGroups,
  ],
  video: lvuGroups,
}

/** The paper's own comparisons, the later named first; `best C - best B` takes the best of each column. */
export const paperPairs: readonly (readonly [string, string])[] = [
  ['A.2', 'A.1'],
  ['A.3', 'A.1'],
  ['A.4', 'A.2'],
  ['A.4', 'A.3'],
  ['B.4', 'B.3'],
  ['B.5', 'B.3'],
  ['B.5', 'B.4'],
  ['B.2', 'B.1'],
  ['best C', 'best B'],
]
