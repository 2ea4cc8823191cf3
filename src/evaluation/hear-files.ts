/**
 * Finds HEAR tasks among dropped files: task folders at any depth, as they are or in `.tar`, `.tar.gz` archives as the
 * benchmark publishes them (`spec/evaluation.md` section 2.3).
 */
import { createTarDecoder } from 'modern-tar'

export interface FolderFile {
  /** With the folders it was dropped in. */
  readonly path: string
  readonly file: Blob
}

/** One task folder; paths in it start inside. */
export interface TaskFolder {
  /** Its own name, or that of the folder it was dropped in. */
  readonly name: string
  readonly files: ReadonlyMap<string, Blob>
}

export const metadataFile = 'task_metadata.json'
const archive = /\.(tar|tar\.gz|tgz)$/i
const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** Task folders in the order of their paths, archives unpacked. @throws naming an archive that cannot be read. */
export async function findTaskFolders(files: readonly FolderFile[], signal: AbortSignal): Promise<TaskFolder[]> {
  const all: FolderFile[] = []
  for (const entry of files) {
    if (!archive.test(entry.path)) all.push(entry)
    else all.push(...(await unpack(entry, signal)))
  }
  const folders = all
    .filter(({ path }) => baseName(path) === metadataFile)
    .map(({ path }) => path.slice(0, -metadataFile.length))
    .sort()
  const names = folders.map((folder) => baseName(folder.slice(0, -1)) || 'task')
  return folders.map((folder, index) => ({
    name: numbered(names, index),
    files: new Map(
      all.flatMap(({ path, file }) => (path.startsWith(folder) ? [[path.slice(folder.length), file] as const] : [])),
    ),
  }))
}

/** Results are called by folders, so that the second of a name becomes `name-2`. */
function numbered(names: readonly string[], index: number): string {
  const name = names[index] ?? ''
  const before = names.slice(0, index).filter((other) => other === name).length
  return before === 0 ? name : `${name}-${before + 1}`
}

async function unpack({ path, file }: FolderFile, signal: AbortSignal): Promise<FolderFile[]> {
  const files: FolderFile[] = []
  try {
    const bytes = file.stream()
    const unzipped = /gz$/i.test(path) ? bytes.pipeThrough(new DecompressionStream('gzip')) : bytes
    const reader = unzipped.pipeThrough(createTarDecoder()).getReader()
    for (;;) {
      signal.throwIfAborted()
      const { done, value } = await reader.read()
      if (done) return files
      const content = await new Response(value.body).blob()
      // Under the archive's name, which is the task's where the archive has no folder.
      const inside = value.header.name.replace(/^\.\//, '')
      if (value.header.type === 'file') files.push({ path: `${path.replace(archive, '')}/${inside}`, file: content })
    }
  } catch (error) {
    if (signal.aborted) throw error
    const cause = error instanceof Error ? error.message : String(error)
    throw new Error(`${path} cannot be unpacked (${cause}). Drop the unpacked folder instead.`, { cause: error })
  }
}
