/**
 * What dropped files are to a corpus cell: files it refers to already (known by content, under any name), new ones, or
 * files that have the name of one it refers to but other content, which nobody may swap in silently.
 */
import type { MediaReference } from '../schema/notebook'
import { contentOf, type IdentifiedFile } from './media'

export interface Match {
  /** Not referred to yet. */
  readonly fresh: readonly MediaReference[]
  /** Named like a file of the notebook, with other content. */
  readonly others: readonly { readonly reference: MediaReference; readonly found: IdentifiedFile }[]
  /** References written without a content hash, told by name and size; with the hash filled in. */
  readonly completed: readonly Swap[]
}

/** A reference and what takes its place. */
export interface Swap {
  readonly reference: MediaReference
  readonly by: MediaReference
}

/** @param missing - those of `present` that were not here before the drop */
export function matchDropped(
  present: readonly MediaReference[],
  missing: readonly MediaReference[],
  dropped: readonly IdentifiedFile[],
): Match {
  const known = new Set(present.map(contentOf))
  const given = new Set(dropped.map(({ reference }) => contentOf(reference)))
  const stillMissing = missing.filter((reference) => !given.has(contentOf(reference)))
  const fresh: MediaReference[] = []
  const others: Match['others'][number][] = []
  const completed: Swap[] = []
  for (const found of dropped) {
    if (known.has(contentOf(found.reference))) continue
    const { path, size } = found.reference
    const namesake = present.find((reference) => reference.path === path) ?? onlyNamesake(stillMissing, path)
    if (!namesake) fresh.push(found.reference)
    else if (namesake.contentHash === '' && namesake.size === size)
      completed.push({ reference: namesake, by: { ...found.reference, path: namesake.path } })
    else others.push({ reference: namesake, found })
  }
  return { fresh, others, completed }
}

/** The one missing file that has this path from a higher or a lower folder on. */
function onlyNamesake(missing: readonly MediaReference[], path: string): MediaReference | undefined {
  const alike = missing.filter((reference) => isTail(reference.path, path) || isTail(path, reference.path))
  return alike.length === 1 ? alike[0] : undefined
}

const isTail = (tail: string, path: string): boolean => path.endsWith(`/${tail}`)

/** References in which some have given their places to others. */
export const exchanged = (references: readonly MediaReference[], swaps: readonly Swap[]): MediaReference[] =>
  references.map((reference) => swaps.find((swap) => swap.reference === reference)?.by ?? reference)
