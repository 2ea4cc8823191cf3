/**
 * Which files a corpus cell is made of, a model cell's weights or a probe cell's folder, and which of them this page holds.
 * The document only refers to files (by path, size and content hash), to a folder as if it were one; the pool keeps those
 * that were dropped or fetched since the page opened.
 */
import type { MediaFile } from '../engine/api'
import { type Cell, holdsFolder, holdsWeights, type MediaReference, type Notebook } from '../schema/notebook'
import { isWeightsFile } from './media-kinds'
import { isSamplePath } from './samples'

export interface MediaState {
  readonly references: readonly MediaReference[]
  /** Those of the references that are here. */
  readonly files: readonly MediaFile[]
  /** Those that must be dropped again. */
  readonly missing: readonly MediaReference[]
}

/** Every file this page was given, found by content; and the bundled clips once they are fetched. */
export interface MediaPool {
  readonly byContent: ReadonlyMap<string, File>
  /** Files of every folder, found by the content of all. */
  readonly folders: ReadonlyMap<string, readonly MediaFile[]>
  readonly samples: readonly MediaReference[]
}

export const emptyPool: MediaPool = { byContent: new Map(), folders: new Map(), samples: [] }

const contentOf = ({ size, contentHash }: MediaReference): string => `${size}:${contentHash}`

export interface IdentifiedFile extends MediaFile {
  readonly reference: MediaReference
}

/** A pool that has these files too. */
export function withFiles(pool: MediaPool, files: readonly IdentifiedFile[]): MediaPool {
  const byContent = new Map(pool.byContent)
  for (const { reference, file } of files) byContent.set(contentOf(reference), file)
  return { ...pool, byContent }
}

/** A pool that has this folder too. */
export const withFolder = (pool: MediaPool, reference: MediaReference, files: readonly MediaFile[]): MediaPool => ({
  ...pool,
  folders: new Map(pool.folders).set(contentOf(reference), files),
})

/** The references of a cell, with `samples` written out. */
export const referencesOf = (cell: Cell, pool: MediaPool): readonly MediaReference[] =>
  cell.media === 'samples' ? pool.samples : (cell.media ?? [])

/** Finds a cell's files in the pool. */
export function mediaState(cell: Cell, pool: MediaPool): MediaState {
  const references = referencesOf(cell, pool)
  const found = references.map((reference) => {
    const file = pool.byContent.get(contentOf(reference))
    return { reference, files: file ? [{ path: reference.path, file }] : pool.folders.get(contentOf(reference)) }
  })
  return {
    references,
    files: found.flatMap(({ files }) => files ?? []),
    missing: found.flatMap(({ reference, files }) => (files ? [] : [reference])),
  }
}

/** Media states of all corpus cells, and of the cells that hold weights or a folder. */
export const mediaStates = (notebook: Notebook, pool: MediaPool): Readonly<Record<string, MediaState>> =>
  Object.fromEntries(
    notebook.cells
      .filter((cell) => cell.kind === 'corpus' || holdsWeights(cell) || holdsFolder(cell))
      .map((cell) => [cell.id, mediaState(cell, pool)]),
  )

/** Whether a notebook refers to bundled clips. */
export const needsSamples = (notebook: Notebook): boolean =>
  notebook.cells.some(({ media }) => media === 'samples' || media?.some(({ path }) => isSamplePath(path)))

/** References with more files: one whose content is already there is not taken twice, one of the same path is replaced. */
export function joinReferences(present: readonly MediaReference[], more: readonly MediaReference[]): MediaReference[] {
  const known = new Set(present.map(contentOf))
  const fresh = more.filter((reference) => !known.has(contentOf(reference)))
  const replaced = new Set(fresh.map(({ path }) => path))
  return [...present.filter(({ path }) => !replaced.has(path)), ...fresh]
}

/** The same references where they have the content already, under whatever name. */
export const replacedBy = (
  present: readonly MediaReference[],
  others: readonly MediaReference[],
): readonly MediaReference[] => (present.map(contentOf).join() === others.map(contentOf).join() ? present : others)

/** The one file of weights among those given to a cell. @throws when there is none, or more than one. */
export function onlyWeights(files: readonly MediaFile[], cellId: string): MediaFile {
  const [weights, ...more] = files.filter(({ path }) => isWeightsFile(path))
  if (!weights)
    throw new Error(
      `Cell "${cellId}" takes one file of weights (.safetensors, .pt, .pth or .pyth); among ${
        files
          .map(({ path }) => path)
          .slice(0, 5)
          .join(', ') || 'no files'
      } is none.`,
    )
  if (more.length > 0)
    throw new Error(
      `Cell "${cellId}" takes one file of weights, not ${more.length + 1}: ${[weights, ...more]
        .map(({ path }) => path)
        .slice(0, 5)
        .join(', ')}.`,
    )
  return weights
}

/** `a.mp4, b.mp4 and 3 more are not here: drop them on the page again.` */
export function missingMessage(missing: readonly MediaReference[]): string {
  const names = missing.slice(0, 5).map(({ path }) => path)
  const more = missing.length > names.length ? ` and ${missing.length - names.length} more` : ''
  return `${names.join(', ')}${more} ${missing.length === 1 ? 'is' : 'are'} not here: a notebook only refers to files. Drop ${missing.length === 1 ? 'it' : 'them'} on the page again.`
}
