/** What is measured of embeddings: how well sound and picture find each other, and how they lie to each other. */

export interface RetrievalScore {
  readonly direction: 'audio-to-video' | 'video-to-audio'
  /** Of the sounds that ask, or are looked through; `all` for any dub. */
  readonly language: string
  /** Share of queries with a row of their snippet among the nearest 1, 5, 10. */
  readonly r1: number
  readonly r5: number
  readonly r10: number
  /** Of the nearest right row, from 1. */
  readonly medianRank: number
  /** The same where rows lie in random order. */
  readonly chance: { readonly r1: number; readonly r5: number; readonly r10: number; readonly medianRank: number }
  /** Snippets that ask: what shares and intervals count. */
  readonly snippets: number
  /** Rows that are looked through. */
  readonly gallery: number
}

/** How normalised embeddings lie. Distances are cosine distances, 0 to 2. */
export interface StructureScore {
  /** `projection` is the space that both modalities share, of which the sounds are taken here. */
  readonly space: 'audio' | 'video' | 'projection'
  /** Mean distance of two dubs of one snippet, over snippets; null where no snippet has two. */
  readonly dubDistance: number | null
  /** Mean distance of rows of two different snippets; null with one snippet. */
  readonly snippetDistance: number | null
  /** `dubDistance` over `snippetDistance`: 0 where dubs lie together, 1 where language counts as much as scene. */
  readonly languageGap: number | null
  /** Mean squared Euclidean distance of positives: dubs of one snippet, or its picture and its sounds. */
  readonly alignment: number | null
  /** Log of the mean of exp(-2 distance²) over all pairs of rows; lower is more uniform. */
  readonly uniformity: number | null
  /** Rows. */
  readonly n: number
  /** Mean distance of two languages over the snippets that have both. */
  readonly pairs: readonly { readonly languages: readonly [string, string]; readonly distance: number }[]
}
