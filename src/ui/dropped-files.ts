/** Files out of a drop or a file dialog, folders walked to their ends, each with the path it had there and the way back. */
import { type FileOrigin, filesBehind, type GivenFile } from '../notebook/file-access'

/** Must be called while the drop event is handled: the items are gone afterwards. */
export async function droppedFiles(transfer: DataTransfer): Promise<readonly GivenFile[]> {
  const waiting = [...transfer.items].map((item) => {
    const entry = item.webkitGetAsEntry()
    const file = item.getAsFile()
    // Browsers without handles, and folders that may not be read by handle, leave the files as dropped.
    const handle = item.getAsFileSystemHandle?.().catch(() => null)
    return filesOfItem(entry, file, handle ?? Promise.resolve(null))
  })
  return (await Promise.all(waiting)).flat()
}

async function filesOfItem(
  entry: FileSystemEntry | null,
  file: File | null,
  asked: Promise<FileSystemHandle | null>,
): Promise<readonly GivenFile[]> {
  const handle = await asked
  if (entry) return filesOf(entry, handle)
  if (handle) return filesBehind(handle)
  // What comes from another page or program may have no place in a file system.
  return file ? [{ path: file.name, file }] : []
}

/** What a file input holds. */
export const chosenFiles = (files: FileList | null): readonly GivenFile[] =>
  [...(files ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }))

/**
 * A function that lets a user choose files, or a folder, so that they can be found again; null where only a file input can.
 * It resolves with nothing when the user chooses nothing.
 */
export function picker(folder: boolean): (() => Promise<readonly GivenFile[]>) | null {
  const { showDirectoryPicker, showOpenFilePicker } = window
  if (!showDirectoryPicker || !showOpenFilePicker) return null
  const pick = (): Promise<readonly FileSystemHandle[]> =>
    folder
      ? showDirectoryPicker.call(window).then((handle) => [handle])
      : showOpenFilePicker.call(window, { multiple: true })
  return async () => {
    try {
      return (await Promise.all((await pick()).map(filesBehind))).flat()
    } catch (cause) {
      if (cause instanceof DOMException && cause.name === 'AbortError') return []
      throw cause
    }
  }
}

async function filesOf(entry: FileSystemEntry, handle: FileSystemHandle | null): Promise<readonly GivenFile[]> {
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject))
    const path = entry.fullPath.replace(/^\//, '')
    return [{ path, file, ...(handle ? { origin: originOf(handle, path) } : {}) }]
  }
  if (!isFolder(entry)) return []
  const reader = entry.createReader()
  const found: GivenFile[] = []
  for (;;) {
    // A reader gives a folder in pieces, and an empty one at its end.
    const piece = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (piece.length === 0) return found
    found.push(...(await Promise.all(piece.map((inside) => filesOf(inside, handle)))).flat())
  }
}

/** Where a file of this path lies below what was dropped, whose own name the path begins with. */
const originOf = (handle: FileSystemHandle, path: string): FileOrigin => ({
  handle,
  names: path.split('/').slice(1),
})

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory
