/**
 * A value that is replaced again and again and must survive a crash at any moment (checkpoints): a series of numbered
 * files, of which the newest whole one counts and the one before it is kept. Writing needs a worker.
 */
import { exclusively, openDirectory, openSealed, readSealed, writeSealed } from './sealed-file'

export interface Series {
  /** Stores the next value; resolves once it is on disk. @throws when storage is full; older values stay. */
  write(parts: readonly Uint8Array[]): Promise<void>
  /** The newest value that was written whole and is undamaged, in a buffer of its own; null when there is none. */
  readNewest(): Promise<Uint8Array<ArrayBuffer> | null>
  /** Forgets all values. */
  clear(): Promise<void>
}

/** Opens the series kept in a directory such as `checkpoints/<hash>`; it is made when first used. */
export function openSeries(directory: string): Series {
  return {
    write: (parts) =>
      exclusively(directory, async () => {
        const folder = await openDirectory(directory)
        const older = await newestFirst(folder)
        const name = String(older.length === 0 ? 0 : Number(older[0]) + 1)
        try {
          await writeSealed(folder, name, parts)
        } catch (error) {
          await removeLater(folder, name)
          throw error
        }
        let kept = false
        for (const old of older) {
          if (!kept && (await openSealed(folder, old))) kept = true
          else await removeLater(folder, old)
        }
      }),
    readNewest: () =>
      exclusively(directory, async () => {
        const folder = await openDirectory(directory)
        for (const name of await newestFirst(folder)) {
          const bytes = await readSealed(folder, name)
          if (bytes) return new Uint8Array(bytes)
        }
        return null
      }),
    clear: () =>
      exclusively(directory, async () => {
        const folder = await openDirectory(directory)
        for (const name of await newestFirst(folder)) await folder.removeEntry(name)
      }),
  }
}

/**
 * Removes a file now, or, while a page that is going still holds it, with the next value. What is not needed any more must
 * not make a value that is stored look as if it were not.
 */
async function removeLater(folder: FileSystemDirectoryHandle, name: string): Promise<void> {
  await folder
    .removeEntry(name)
    .catch((cause: unknown) => console.warn(`${folder.name}/${name} was not removed.`, cause))
}

async function newestFirst(folder: FileSystemDirectoryHandle): Promise<string[]> {
  const names: string[] = []
  for await (const name of folder.keys()) if (/^\d{1,15}$/.test(name)) names.push(name)
  return names.sort((a, b) => Number(b) - Number(a))
}
