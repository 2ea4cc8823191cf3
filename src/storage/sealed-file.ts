/**
 * One file of the origin private file system that is either whole or absent: contents are written and flushed first,
 * then a header with their length and checksum. Whatever a crash cuts short has no header and reads as absent.
 * Writing needs a worker (`createSyncAccessHandle` exists only there: it can flush, and leaves no swap files behind).
 */
import { crc32 } from '../formats/crc32'

/** Of a size that keeps typed arrays in the contents aligned. Magic, u64 length, u32 checksum, zeros. */
const headerBytes = 64
const magic = new TextEncoder().encode('DUBBOOK1')

interface SyncAccessHandle {
  write(data: Uint8Array, options: { at: number }): number
  truncate(size: number): void
  flush(): void
  close(): void
}
/** What a file handle can do besides in workers; the DOM's types leave it out. */
type WorkerFileHandle = FileSystemFileHandle & { createSyncAccessHandle(): Promise<SyncAccessHandle> }

const isError = (error: unknown, name: string) => error instanceof DOMException && error.name === name

/**
 * A directory of the origin private file system, made if it is not there.
 * @throws when a part of the path is not made of letters, digits, `-`, `_` and `.`.
 */
export async function openDirectory(path: string): Promise<FileSystemDirectoryHandle> {
  let directory = await navigator.storage.getDirectory()
  for (const part of path.split('/')) {
    if (!/^[\w-][\w.-]*$/.test(part))
      throw new Error(`"${path}" cannot name a place in storage: "${part}" is not a name.`)
    directory = await directory.getDirectoryHandle(part, { create: true })
  }
  return directory
}

/** Runs `task` while no other tab or worker runs one with the same path. */
export const exclusively = <T>(path: string, task: () => Promise<T>): Promise<T> =>
  navigator.locks.request(`dubbook:${path}`, task) as Promise<T>

/**
 * Writes a file, over an older one of that name if there is one.
 * @throws when storage is full, or the file is being written elsewhere; nothing readable is left then.
 */
export async function writeSealed(
  directory: FileSystemDirectoryHandle,
  name: string,
  parts: readonly Uint8Array[],
): Promise<void> {
  try {
    const handle = (await directory.getFileHandle(name, { create: true })) as WorkerFileHandle
    const access = await handle.createSyncAccessHandle()
    try {
      writeContents(access, parts)
    } catch (error) {
      // Without a header it reads as absent anyway; this only gives back the room.
      emptied(access)
      throw error
    } finally {
      access.close()
    }
  } catch (error) {
    if (!isError(error, 'QuotaExceededError')) throw error
    const bytes = parts.reduce((sum, part) => sum + part.length, 0)
    throw new Error(
      `${directory.name}/${name}: the browser's storage for this page is full (${bytes} bytes more were needed); ` +
        'free disk space or clear the results of older notebooks.',
      { cause: error },
    )
  }
}

function writeContents(access: SyncAccessHandle, parts: readonly Uint8Array[]): void {
  // The old header must be gone before new contents come.
  access.truncate(0)
  access.flush()
  let at = headerBytes
  let checksum = 0
  for (const part of parts) {
    writeFully(access, part, at)
    checksum = crc32(part, checksum)
    at += part.length
  }
  access.flush()
  const header = new Uint8Array(headerBytes)
  header.set(magic)
  const view = new DataView(header.buffer)
  view.setBigUint64(8, BigInt(at - headerBytes), true)
  view.setUint32(16, checksum, true)
  writeFully(access, header, 0)
  access.flush()
}

function emptied(access: SyncAccessHandle): void {
  try {
    access.truncate(0)
  } catch (cause) {
    console.warn('A file that was cut short could not be emptied.', cause)
  }
}

function writeFully(access: SyncAccessHandle, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length; ) {
    const written = access.write(bytes.subarray(done), { at: at + done })
    if (written === 0) throw new DOMException('Nothing more could be written.', 'QuotaExceededError')
    done += written
  }
}

/** Contents of a whole file without reading them, or null when it is absent or was cut short. */
export async function openSealed(directory: FileSystemDirectoryHandle, name: string): Promise<Blob | null> {
  return (await openWithChecksum(directory, name))?.contents ?? null
}

/** Contents of a whole file, or null when it is absent, was cut short or is damaged. */
export async function readSealed(directory: FileSystemDirectoryHandle, name: string): Promise<ArrayBuffer | null> {
  const file = await openWithChecksum(directory, name)
  if (!file) return null
  const bytes = await file.contents.arrayBuffer()
  return crc32(new Uint8Array(bytes)) === file.checksum ? bytes : null
}

async function openWithChecksum(directory: FileSystemDirectoryHandle, name: string) {
  let file: File
  try {
    file = await (await directory.getFileHandle(name)).getFile()
  } catch (error) {
    if (isError(error, 'NotFoundError')) return null
    throw error
  }
  const header = await file.slice(0, headerBytes).arrayBuffer()
  if (header.byteLength < headerBytes) return null
  const view = new DataView(header)
  if (!magic.every((byte, index) => view.getUint8(index) === byte)) return null
  if (view.getBigUint64(8, true) !== BigInt(file.size - headerBytes)) return null
  return { contents: file.slice(headerBytes), checksum: view.getUint32(16, true) }
}

/** Removes a file, if it is there. */
export async function removeSealed(directory: FileSystemDirectoryHandle, name: string): Promise<void> {
  try {
    await directory.removeEntry(name)
  } catch (error) {
    if (!isError(error, 'NotFoundError')) throw error
  }
}
