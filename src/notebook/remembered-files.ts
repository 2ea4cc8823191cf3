/**
 * Finds a notebook's files again after a reload: keeps where files came from while the notebook refers to them, opens them
 * there where that is allowed, and compares what it finds with what the notebook means.
 */
import type { MediaReference } from '../schema/notebook'
import { askPermission, type FileOrigin, type GivenFile, openOrigin, permissionOf } from './file-access'
import type { HandleStore } from './handle-store'
import { type Aside, contentOf, type IdentifiedFile } from './media'

/** What was found of references: files, and what is to be said where there is none. */
export interface FoundAgain {
  readonly files: readonly IdentifiedFile[]
  readonly asides: readonly (readonly [MediaReference, Aside])[]
}

type Identify = (files: readonly GivenFile[]) => Promise<readonly IdentifiedFile[]>

/** Files looked for at a time. */
const atOnce = 32

export class RememberedFiles {
  readonly #store: HandleStore
  readonly #identify: Identify
  readonly #onKept: (contents: ReadonlySet<string>) => void
  /** Origins of the open notebook's files, of what it had before an undo too. */
  #known = new Map<string, FileOrigin>()
  /** What the store holds of them. */
  #kept = new Set<string>()
  #writing: Promise<void> = Promise.resolve()

  /** @param onKept - told which contents are kept, whenever that changes */
  constructor(store: HandleStore, identify: Identify, onKept: (contents: ReadonlySet<string>) => void) {
    this.#store = store
    this.#identify = identify
    this.#onKept = onKept
  }

  /** Another notebook takes the place of the present one, whose files stay remembered for its next visit. */
  leave(): void {
    this.#known = new Map()
    this.#kept = new Set()
    void this.#write(() => this.#store.prune())
  }

  /** Takes note of where files came from; {@link keep} stores it. */
  note(files: readonly IdentifiedFile[]): void {
    for (const { origin, reference } of files) {
      if (!origin) continue
      this.#known.set(contentOf(reference), origin)
      // What is stored may lead to where it no longer is.
      this.#kept.delete(contentOf(reference))
    }
  }

  /** Stores the origins of what a notebook refers to, and drops those of what it no longer does. */
  keep(references: readonly MediaReference[]): void {
    const wanted = new Set(references.map(contentOf))
    const fresh = [...this.#known].filter(([content]) => wanted.has(content) && !this.#kept.has(content))
    const unwanted = [...this.#kept].filter((content) => !wanted.has(content))
    if (fresh.length === 0 && unwanted.length === 0) return
    for (const [content] of fresh) this.#kept.add(content)
    for (const content of unwanted) this.#kept.delete(content)
    const kept = new Set(this.#kept)
    void this.#write(async () => {
      if (unwanted.length > 0) await this.#store.forget(unwanted)
      if (fresh.length > 0) await this.#store.put(fresh.map(([content, origin]) => ({ content, origin })))
      this.#onKept(kept)
    })
  }

  /** Looks for the missing among a notebook's files where they were, without asking anybody. */
  async find(references: readonly MediaReference[], missing: readonly MediaReference[]): Promise<FoundAgain> {
    // A store that cannot be read remembers nothing: the files are asked for as if they had never been here.
    const handles = await this.#store.find(references.map(contentOf)).catch((cause: unknown) => {
      console.warn('Where files were could not be read.', cause)
      return []
    })
    for (const { content, origin } of handles) {
      this.#known.set(content, origin)
      this.#kept.add(content)
    }
    if (handles.length > 0) this.#onKept(new Set(this.#kept))
    return this.#open(missing)
  }

  /** The same, asking the user for permission where it is needed; only in answer to a click or a key. */
  async ask(references: readonly MediaReference[]): Promise<FoundAgain> {
    const allowed = new Set<string>()
    for (const reference of references) {
      const origin = this.#known.get(contentOf(reference))
      if (!origin) continue
      // One answer often counts for many: a folder's for all that is in it.
      if ((await permissionOf(origin)) !== 'granted' && (await askPermission(origin)) !== 'granted') break
      allowed.add(contentOf(reference))
    }
    return this.#open(references.filter((reference) => allowed.has(contentOf(reference))))
  }

  /** Forgets where these files are. */
  async forget(references: readonly MediaReference[]): Promise<void> {
    const contents = references.map(contentOf)
    for (const content of contents) {
      this.#known.delete(content)
      this.#kept.delete(content)
    }
    const kept = new Set(this.#kept)
    await this.#write(async () => {
      await this.#store.forget(contents)
      this.#onKept(kept)
    })
  }

  async #open(references: readonly MediaReference[]): Promise<FoundAgain> {
    const files: IdentifiedFile[] = []
    const asides: (readonly [MediaReference, Aside])[] = []
    const look = async (reference: MediaReference): Promise<void> => {
      const origin = this.#known.get(contentOf(reference))
      if (!origin) return
      const state = await permissionOf(origin)
      if (state === 'prompt') asides.push([reference, { kind: 'waiting' }])
      if (state !== 'granted') return
      try {
        const file = await openOrigin(origin)
        const path = [origin.handle.name, ...origin.names].join('/')
        const [found] = await this.#identify([{ path, file, origin }])
        if (!found) return
        if (contentOf(found.reference) === contentOf(reference)) files.push(found)
        else asides.push([reference, { kind: 'other', found, where: 'in its place' }])
      } catch (cause) {
        asides.push([reference, { kind: 'gone', because: whyGone(cause) }])
      }
    }
    // Folders have thousands of files: not all are opened at once.
    for (let from = 0; from < references.length; from += atOnce)
      await Promise.all(references.slice(from, from + atOnce).map(look))
    return { files, asides }
  }

  #write(act: () => Promise<void>): Promise<void> {
    this.#writing = this.#writing.then(act).catch((cause: unknown) => {
      console.warn('Where files are could not be stored; after a reload they must be dropped again.', cause)
    })
    return this.#writing
  }
}

const whyGone = (cause: unknown): string =>
  cause instanceof DOMException && ['NotFoundError', 'TypeMismatchError'].includes(cause.name)
    ? 'no longer where it was'
    : `could not be opened where it was (${cause instanceof Error ? cause.message : String(cause)})`
