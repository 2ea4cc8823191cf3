/**
 * Where files were, kept over reloads: handles by the content of the file they led to. Only IndexedDB can hold handles;
 * the files themselves are not copied.
 */
import type { FileOrigin } from './file-access'

/** `content` is size and content hash, as the notebook has them. */
export interface KeptHandle {
  readonly content: string
  readonly origin: FileOrigin
}

interface Row extends KeptHandle {
  /** When a notebook that refers to the content was last open (ms since 1970). */
  readonly usedAt: number
}

const storeName = 'handles'

/** What no open notebook has referred to for this long is forgotten: 180 days, in ms. */
const keptFor = 180 * 86_400_000

const done = <Value>(request: IDBRequest<Value>): Promise<Value> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })

function openStore(databaseName: string): Promise<IDBDatabase> {
  const request = indexedDB.open(databaseName, 1)
  request.onupgradeneeded = () => {
    request.result.createObjectStore(storeName, { keyPath: 'content' }).createIndex('usedAt', 'usedAt')
  }
  return done(request)
}

/** All methods reject where the browser refuses its storage (a private window, a full disk). */
export interface HandleStore {
  /** Those of these contents that are kept; they count as used now. */
  find(contents: readonly string[], now?: number): Promise<readonly KeptHandle[]>
  put(handles: readonly KeptHandle[], now?: number): Promise<void>
  forget(contents: readonly string[]): Promise<void>
  /** Forgets what has not been used for half a year. */
  prune(now?: number): Promise<void>
}

/** @param databaseName - another one only in tests */
export function createHandleStore(databaseName = 'dubbook:handles'): HandleStore {
  let opened: Promise<IDBDatabase> | undefined
  const write = async (act: (store: IDBObjectStore) => void): Promise<void> => {
    opened ??= openStore(databaseName)
    const transaction = (await opened).transaction(storeName, 'readwrite')
    act(transaction.objectStore(storeName))
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve()
      transaction.onabort = () => reject(transaction.error)
    })
  }
  const put = (handles: readonly KeptHandle[], now: number): Promise<void> =>
    write((store) => {
      for (const { content, origin } of handles) store.put({ content, origin, usedAt: now } satisfies Row)
    })
  return {
    async find(contents, now = Date.now()) {
      if (contents.length === 0) return []
      opened ??= openStore(databaseName)
      const store = (await opened).transaction(storeName).objectStore(storeName)
      const rows: readonly (Row | undefined)[] = await Promise.all(contents.map((content) => done(store.get(content))))
      const found = rows.filter((row) => row !== undefined)
      if (found.length > 0) await put(found, now)
      return found
    },
    put: (handles, now = Date.now()) => put(handles, now),
    forget: (contents) =>
      write((store) => {
        for (const content of contents) store.delete(content)
      }),
    prune: (now = Date.now()) =>
      write((store) => {
        const old = store.index('usedAt').openCursor(IDBKeyRange.upperBound(now - keptFor))
        old.onsuccess = () => {
          old.result?.delete()
          old.result?.continue()
        }
      }),
  }
}
