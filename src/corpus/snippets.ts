/** Cutting titles into snippets: stretches that do not overlap, from which views are drawn (spec/pretraining.md 1). */

/** Length of a view and shortest tail that makes a snippet of its own (released config). */
export const windowS = 3
/** Container times are rounded: a tail this little short of a window counts as one. */
const toleranceS = 1e-6

/** A stretch of a title, in seconds of title time. */
export interface Snippet {
  readonly startS: number
  readonly endS: number
}

/**
 * Snippets of `snippetS` from the start of a title; the last may be shorter, but not below 3 s. A title shorter than
 * `snippetS` is one snippet as a whole, however short.
 * @throws when `snippetS` is below 3 s.
 */
export function cutSnippets(durationS: number, snippetS: number): Snippet[] {
  if (!(snippetS >= windowS))
    throw new Error(`A snippet of ${snippetS} s holds no view of ${windowS} s; make it longer.`)
  if (!(durationS > 0)) return []
  if (durationS <= snippetS) return [{ startS: 0, endS: durationS }]
  const snippets: Snippet[] = []
  for (let index = 0; ; index++) {
    const startS = index * snippetS
    if (durationS - startS < windowS - toleranceS) return snippets
    snippets.push({ startS, endS: Math.min(startS + snippetS, durationS) })
  }
}
