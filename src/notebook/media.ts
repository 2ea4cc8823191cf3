/**
 * Which files a corpus cell is made of, a model cell's weights or a probe cell's folder, and which of them this page holds.
 * The document only refers to files (by path, size and content hash), to a folder as if it were one; the pool keeps those
 * that were dropped or fetched since the page opened.
 */
import type { MediaFile } from '../engine/api'
import { type Cell, holdsFolder, holdsWeights, type MediaReference, type Notebook } from '../schema/notebook'
import type { GivenFile } from './file-access'
import { isWeightsFile } from './media-kinds'
import { isSamplePath } from './samples'

export interface MediaState {
  readonly references: readonly MediaReference[]
  /** Those of the references that are here. */
  readonly files: readonly MediaFile[]
  /** Those that must be dropped again, or opened where they were. */
  readonly missing: readonly MediaReference[]
  /** What else is known of some references. */
  readonly asides: readonly { readonly reference: MediaReference; readonly aside: Aside }[]
  /** Those that are read from a file of another name. */
  readonly renamed: readonly { readonly path: string; readonly from: string }[]
  /** How many of the files this browser will find again after a reload. */
  readonly remembered: number
}

/** What is known of a reference beside whether its file is here. */
export type Aside =
  /** The browser remembers where it was; it must be asked before it opens it. */
  | { readonly kind: 'waiting' }
  /** It is no longer where it was, or cannot be read there. */
  | { readonly kind: 'gone'; readonly because: string }
  /** A file with its name has other content: the one where it was, or one that was dropped. It waits to be accepted. */
  | { readonly kind: 'other'; readonly found: IdentifiedFile; readonly where: 'in its place' | 'dropped' }

/** Every file this page was given, found by content; and the bundled clips once they are fetched. */
export interface MediaPool {
  /** A file and all paths that its content was given under. */
  readonly byContent: ReadonlyMap<string, { readonly file: File; readonly paths: readonly string[] }>
  /** Files of every folder, found by the content of all. */
  readonly folders: ReadonlyMap<string, readonly MediaFile[]>
  readonly samples: readonly MediaReference[]
  /** By the content of the reference. */
  readonly asides: ReadonlyMap<string, Aside>
  /** Contents that the browser will find again. */
  readonly remembered: ReadonlySet<string>
}

export const emptyPool: MediaPool = {
  byContent: new Map(),
  folders: new Map(),
  samples: [],
  asides: new Map(),
  remembered: new Set(),
}

/** A content as a key. */
export const contentOf = ({ size, contentHash }: MediaReference): string => `${size}:${contentHash}`

export interface IdentifiedFile extends GivenFile {
  readonly reference: MediaReference
}

/** A pool that has these files too; what was said of them while they were not here no longer counts. */
export function withFiles(pool: MediaPool, files: readonly IdentifiedFile[]): MediaPool {
  const byContent = new Map(pool.byContent)
  const asides = new Map(pool.asides)
  for (const { path, reference, file } of files) {
    const content = contentOf(reference)
    byContent.set(content, { file, paths: [...new Set([...(byContent.get(content)?.paths ?? []), path])] })
    asides.delete(content)
  }
  return { ...pool, byContent, asides }
}

/** A pool that has something to say about references, or (null) no longer has. */
export function withAsides(pool: MediaPool, more: Iterable<readonly [MediaReference, Aside | null]>): MediaPool {
  const asides = new Map(pool.asides)
  for (const [reference, aside] of more)
    if (aside) asides.set(contentOf(reference), aside)
    else asides.delete(contentOf(reference))
  return { ...pool, asides }
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
    const content = contentOf(reference)
    const given = pool.byContent.get(content)
    const files = given ? [{ path: reference.path, file: given.file }] : pool.folders.get(content)
    return { reference, given, files, aside: pool.asides.get(content), isRemembered: pool.remembered.has(content) }
  })
  return {
    references,
    files: found.flatMap(({ files }) => files ?? []),
    missing: found.flatMap(({ reference, files }) => (files ? [] : [reference])),
    asides: found.flatMap(({ reference, aside }) => (aside ? [{ reference, aside }] : [])),
    renamed: found.flatMap(({ reference: { path }, given }) => {
      const [from] = given?.paths ?? []
      return from === undefined || given?.paths.some((other) => nameOf(other) === nameOf(path)) ? [] : [{ path, from }]
    }),
    remembered: found.filter(({ files, isRemembered }) => files && isRemembered).length,
  }
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

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
