/**
 * Room for what must not be lost. Caches hold what can be made again, so their files go first, those written longest ago
 * before the others; results and checkpoints are never touched.
 */
import { openDirectory } from './sealed-file'

/** Directories of {@link ChunkCache}s. */
const cacheDirectories = ['decoded']

/** What the browser itself needs beside a file's contents. */
const reserveBytes = 2 ** 20

/**
 * Removes files of caches until so many bytes fit by the browser's own estimate, which may be wrong: whether they do only
 * the write itself tells. `Infinity` empties the caches.
 * @returns bytes that were freed
 */
export async function makeRoom(bytes: number): Promise<number> {
  const { quota = Number.POSITIVE_INFINITY, usage = 0 } = await navigator.storage.estimate()
  const lacking = bytes === Number.POSITIVE_INFINITY ? bytes : bytes + reserveBytes - (quota - usage)
  let freed = 0
  if (lacking <= 0) return freed
  for (const { directory, name, size } of await cachedFiles()) {
    if (freed >= lacking) break
    if (await removed(directory, name)) freed += size
  }
  return freed
}

interface CachedFile {
  readonly directory: FileSystemDirectoryHandle
  readonly name: string
  readonly size: number
  readonly lastModified: number
}

/** Written longest ago first. */
async function cachedFiles(): Promise<CachedFile[]> {
  const files: CachedFile[] = []
  for (const path of cacheDirectories) {
    const directory = await openDirectory(path)
    for await (const name of directory.keys()) {
      const { size, lastModified } = await (await directory.getFileHandle(name)).getFile()
      files.push({ directory, name, size, lastModified })
    }
  }
  return files.sort((a, b) => a.lastModified - b.lastModified)
}

/** A file that is being written, or has just gone, makes no room. */
async function removed(directory: FileSystemDirectoryHandle, name: string): Promise<boolean> {
  try {
    await directory.removeEntry(name)
    return true
  } catch (error) {
    if (error instanceof DOMException && /^(NoModificationAllowed|NotFound)Error$/.test(error.name)) return false
    throw error
  }
}
