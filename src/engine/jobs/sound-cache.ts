/**
 * Embeddings of sounds and clips by one set of weights, kept in the browser's storage by what the files hold: a task that was cut
 * short, or is run again with other probes, embeds only what is new.
 */
import { loadResult, saveResult } from '../../storage/result-store'

/** What one part of the cache holds; parts are written once, one after another. */
interface Part {
  readonly keys: readonly string[]
  readonly width: number
  readonly values: Float32Array
}

/** Embeddings that are lost at most when everything stops. */
const partSize = 256
const partEveryMs = 20_000

/** SHA-256 of a file's bytes, in hex. */
export async function digestOf(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

export class SoundCache {
  private readonly known = new Map<string, Float32Array>()
  private fresh: string[] = []
  private parts = 0
  private savedAt = performance.now()

  private constructor(private readonly scope: string) {}

  /**
   * Reads what earlier runs kept.
   * @param scope The hash of the weights, and what else tells embeddings of one content apart.
   */
  static async open(scope: string): Promise<SoundCache> {
    const cache = new SoundCache(scope)
    for (; ; cache.parts++) {
      // Only this class writes under this name.
      const part = (await loadResult(cache.partName())) as Part | null
      if (!part) return cache
      for (const [index, key] of part.keys.entries())
        cache.known.set(key, part.values.slice(index * part.width, (index + 1) * part.width))
    }
  }

  private partName(): string {
    return `${this.scope}.sounds.${this.parts}`
  }

  get(key: string): Float32Array | undefined {
    return this.known.get(key)
  }

  /** Keeps an embedding, on disk with the next part. */
  async add(key: string, embedding: Float32Array): Promise<void> {
    if (this.known.has(key) || embedding.length === 0) return
    this.known.set(key, embedding)
    this.fresh.push(key)
    if (this.fresh.length >= partSize || performance.now() - this.savedAt > partEveryMs) await this.flush()
  }

  /** Writes what is not on disk yet. */
  async flush(): Promise<void> {
    const keys = this.fresh
    this.fresh = []
    this.savedAt = performance.now()
    const width = this.known.get(keys[0] ?? '')?.length
    if (width === undefined) return
    const values = new Float32Array(keys.length * width)
    keys.forEach((key, index) => {
      values.set(this.known.get(key) ?? [], index * width)
    })
    await saveResult(this.partName(), { keys, width, values })
    this.parts++
  }
}
