/**
 * Files that can be made again, kept in the origin private file system up to a size: what was used longest ago goes
 * first. A full disk only means that less is kept. Writing needs a worker.
 */
import { openDirectory, openSealed, writeSealed } from './sealed-file'

interface Entry {
  readonly bytes: number
}

export class ChunkCache {
  /** In order of use, latest last. */
  private readonly entries = new Map<string, Entry>()
  private held = 0
  hits = 0
  misses = 0

  private constructor(
    private readonly directory: FileSystemDirectoryHandle,
    readonly limitBytes: number,
  ) {}

  /**
   * Opens a folder such as `decoded`, and makes it as small as the limit asks for.
   * @param limitBytes 0 keeps nothing.
   * @param inUse Files whose names begin so count as used now, the others as used when they were written.
   */
  static async open(path: string, limitBytes: number, inUse: string): Promise<ChunkCache> {
    const directory = await openDirectory(path)
    const cache = new ChunkCache(directory, limitBytes)
    const found: { name: string; bytes: number; lastModified: number }[] = []
    for await (const name of directory.keys()) {
      const file = await (await directory.getFileHandle(name)).getFile()
      found.push({ name, bytes: file.size, lastModified: file.lastModified })
    }
    const isInUse = ({ name }: { readonly name: string }) => Number(name.startsWith(inUse))
    found.sort((a, b) => isInUse(a) - isInUse(b) || a.lastModified - b.lastModified)
    for (const { name, bytes } of found) cache.note(name, bytes)
    await cache.shrinkTo(limitBytes)
    return cache
  }

  /** Bytes of all files together. */
  get bytes(): number {
    return this.held
  }

  /** Whether a file of this size would be kept; one that pushes out most others is not worth it. */
  fits(bytes: number): boolean {
    return bytes <= this.limitBytes / 8
  }

  /** A file's contents, not read yet; null when it is not there. */
  async get(name: string): Promise<Blob | null> {
    const contents = this.entries.has(name) ? await openSealed(this.directory, name) : null
    if (contents) this.hits++
    else this.misses++
    const entry = this.entries.get(name)
    if (entry && contents) this.note(name, entry.bytes)
    // Something that must not be lost may have needed its room.
    else if (entry) await this.remove(name)
    return contents
  }

  /** Keeps a file, in place of those used longest ago. Without room on the disk it is simply not kept. */
  async put(name: string, parts: readonly Uint8Array[]): Promise<void> {
    const bytes = parts.reduce((sum, part) => sum + part.byteLength, 0)
    if (!this.fits(bytes)) return
    await this.shrinkTo(this.limitBytes - bytes)
    try {
      await writeSealed(this.directory, name, parts)
      this.note(name, (await (await this.directory.getFileHandle(name)).getFile()).size)
    } catch (cause) {
      // Half of it makes room for what must not be lost; the file itself can be made again.
      await this.remove(name)
      await this.shrinkTo(this.held / 2)
      console.warn(`Decoded media are not kept: ${cause instanceof Error ? cause.message : String(cause)}`)
    }
  }

  private note(name: string, bytes: number): void {
    this.held += bytes - (this.entries.get(name)?.bytes ?? 0)
    this.entries.delete(name)
    this.entries.set(name, { bytes })
  }

  private async shrinkTo(bytes: number): Promise<void> {
    for (const name of [...this.entries.keys()]) {
      if (this.held <= bytes) return
      await this.remove(name)
    }
  }

  private async remove(name: string): Promise<void> {
    this.held -= this.entries.get(name)?.bytes ?? 0
    this.entries.delete(name)
    await this.directory.removeEntry(name).catch((cause: unknown) => {
      if (!(cause instanceof DOMException && cause.name === 'NotFoundError')) throw cause
    })
  }
}
