/**
 * Files by handle, as the File System Access draft has them (https://wicg.github.io/file-system-access/): a handle can be
 * stored and outlives the page, while the permission to read through it may have to be given again.
 */
import type { MediaFile } from '../engine/api'

declare global {
  // TypeScript's library knows the handles of the standard, but not what the draft adds; only some browsers have it.
  interface FileSystemHandle {
    queryPermission?(descriptor: { readonly mode: 'read' }): Promise<PermissionState>
    requestPermission?(descriptor: { readonly mode: 'read' }): Promise<PermissionState>
  }
  interface DataTransferItem {
    getAsFileSystemHandle?(): Promise<FileSystemHandle | null>
  }
  interface Window {
    showOpenFilePicker?(options: { readonly multiple: boolean }): Promise<FileSystemFileHandle[]>
    showDirectoryPicker?(): Promise<FileSystemDirectoryHandle>
  }
}

/** How a file is reached again: what was dropped or chosen, and the names on the way from that folder to the file. */
export interface FileOrigin {
  readonly handle: FileSystemHandle
  /** Empty where the handle is the file's own. */
  readonly names: readonly string[]
}

/** A file as it was given, with the way back to it where the browser offers one. */
export interface GivenFile extends MediaFile {
  readonly origin?: FileOrigin
}

const isFileHandle = (handle: FileSystemHandle): handle is FileSystemFileHandle => handle.kind === 'file'
const isFolderHandle = (handle: FileSystemHandle): handle is FileSystemDirectoryHandle => handle.kind === 'directory'

/** Whether files may be read through a handle. Where a browser has no such question, nothing needs to be asked. */
export const permissionOf = async ({ handle }: FileOrigin): Promise<PermissionState> =>
  (await handle.queryPermission?.({ mode: 'read' })) ?? 'granted'

/** Has the browser ask the user; only in answer to a click or a key. */
export const askPermission = async ({ handle }: FileOrigin): Promise<PermissionState> =>
  (await handle.requestPermission?.({ mode: 'read' })) ?? 'granted'

/** The file as it is now. @throws a `DOMException`: `NotFoundError` where it has gone, `NotAllowedError` without permission. */
export async function openOrigin({ handle, names }: FileOrigin): Promise<File> {
  let at = handle
  for (const [index, name] of names.entries()) {
    if (!isFolderHandle(at)) throw new DOMException(`${at.name} is no folder`, 'NotFoundError')
    at = await (index < names.length - 1 ? at.getDirectoryHandle(name) : at.getFileHandle(name))
  }
  if (!isFileHandle(at)) throw new DOMException(`${at.name} is a folder`, 'NotFoundError')
  return at.getFile()
}

/** All files that a handle leads to, folders walked to their ends. */
export async function filesBehind(handle: FileSystemHandle): Promise<readonly GivenFile[]> {
  const walk = async (at: FileSystemHandle, names: readonly string[]): Promise<readonly GivenFile[]> => {
    if (isFileHandle(at))
      return [{ path: [handle.name, ...names].join('/'), file: await at.getFile(), origin: { handle, names } }]
    if (!isFolderHandle(at)) return []
    const inside: FileSystemHandle[] = []
    for await (const child of at.values()) inside.push(child)
    return (await Promise.all(inside.map((child) => walk(child, [...names, child.name])))).flat()
  }
  return walk(handle, [])
}
