/**
 * Results under their hash (design section 4): what a cell computed, and named files beside it (weights). The same hash
 * stands for the same value, so writing twice is harmless and a file cut short is simply absent. Writing needs a worker.
 */
import { exclusively, openDirectory, openSealed, readSealed, removeSealed, writeSealed } from './sealed-file'
import { decodeValue, encodeValue } from './value-codec'

const folderOf = (hash: string) => `results/${hash}`
const valueFile = 'value'
/** Names may name folders, which storage does not. */
const bytesFile = (name: string) => `file-${encodeURIComponent(name)}`

/**
 * Stores a value made of plain objects, arrays, texts, numbers, booleans, null, typed arrays and Blobs.
 * @throws when something else is in it, or storage is full.
 */
export async function saveResult(hash: string, value: unknown): Promise<void> {
  const parts = await encodeValue(value)
  await exclusively(folderOf(hash), async () => writeSealed(await openDirectory(folderOf(hash)), valueFile, parts))
}

/** The value stored under a hash; null when there is none or it is damaged. The caller knows its type by the hash. */
export async function loadResult(hash: string): Promise<unknown> {
  const bytes = await exclusively(folderOf(hash), async () =>
    readSealed(await openDirectory(folderOf(hash)), valueFile),
  )
  return bytes && decodeValue(bytes)
}

/** Stores a file under a hash and a name. @throws when storage is full. */
export const saveBytes = (hash: string, name: string, parts: readonly Uint8Array[]): Promise<void> =>
  exclusively(folderOf(hash), async () => writeSealed(await openDirectory(folderOf(hash)), bytesFile(name), parts))

/** A file stored under a hash and a name, not read yet; null when there is none. */
export const loadBytes = (hash: string, name: string): Promise<Blob | null> =>
  exclusively(folderOf(hash), async () => openSealed(await openDirectory(folderOf(hash)), bytesFile(name)))

/** Forgets a file stored under a hash and a name, if there is one. */
export const removeBytes = (hash: string, name: string): Promise<void> =>
  exclusively(folderOf(hash), async () => removeSealed(await openDirectory(folderOf(hash)), bytesFile(name)))

/** Names of the files stored under a hash, with their sizes. */
export const storedFiles = (hash: string): Promise<readonly { readonly name: string; readonly bytes: number }[]> =>
  exclusively(folderOf(hash), async () => {
    const directory = await openDirectory(folderOf(hash))
    const files: { name: string; bytes: number }[] = []
    for await (const [stored, handle] of directory.entries()) {
      const name = /^file-(.*)$/.exec(stored)?.[1]
      if (name === undefined || handle.kind !== 'file') continue
      files.push({ name: decodeURIComponent(name), bytes: (await (handle as FileSystemFileHandle).getFile()).size })
    }
    return files
  })

/** Every hash under which something is stored. */
export async function storedHashes(): Promise<readonly string[]> {
  const hashes: string[] = []
  for await (const hash of (await openDirectory('results')).keys()) hashes.push(hash)
  return hashes
}

/** Forgets everything stored under a hash. */
export const removeResult = (hash: string): Promise<void> =>
  exclusively(folderOf(hash), async () => {
    const directory = await openDirectory('results')
    await directory.removeEntry(hash, { recursive: true })
  })
