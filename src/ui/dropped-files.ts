/** Files out of a drop or a file dialog, folders walked to their ends, each with the path it had there. */
import type { MediaFile } from '../engine/api'

/** Must be called while the drop event is handled: the items are gone afterwards. */
export async function droppedFiles(transfer: DataTransfer): Promise<readonly MediaFile[]> {
  const waiting = [...transfer.items].map((item) => {
    const entry = item.webkitGetAsEntry()
    if (entry) return filesOf(entry)
    // What comes from another page or program may have no place in a file system.
    const file = item.getAsFile()
    return Promise.resolve(file ? [{ path: file.name, file }] : [])
  })
  return (await Promise.all(waiting)).flat()
}

/** What a file input holds. */
export const chosenFiles = (files: FileList | null): readonly MediaFile[] =>
  [...(files ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }))

async function filesOf(entry: FileSystemEntry): Promise<readonly MediaFile[]> {
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject))
    return [{ path: entry.fullPath.replace(/^\//, ''), file }]
  }
  if (!isFolder(entry)) return []
  const reader = entry.createReader()
  const found: MediaFile[] = []
  for (;;) {
    // A reader gives a folder in pieces, and an empty one at its end.
    const piece = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (piece.length === 0) return found
    found.push(...(await Promise.all(piece.map(filesOf))).flat())
  }
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory
