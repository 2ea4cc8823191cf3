/**
 * Reads ranges of a file through `Blob.slice`, fetching a little more than asked for, so that neighbouring packets cost one
 * read. Never holds more than one window.
 */
export class ByteReader {
  readonly size: number
  #window = new Uint8Array(0)
  #windowStart = 0

  /** @param windowBytes how much is fetched at least, at once. */
  constructor(
    private readonly file: Blob,
    private readonly windowBytes: number,
  ) {
    this.size = file.size
  }

  /** Reads the same file with a window of its own, so that readers in different places do not drive each other out. */
  another(windowBytes: number): ByteReader {
    return new ByteReader(this.file, windowBytes)
  }

  /**
   * Bytes `[offset, offset + length)`, cut off at the end of the file. A view that later reads leave alone.
   * @throws NotReadableError when the file has changed or is gone.
   */
  async read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const start = Math.min(offset, this.size)
    const end = Math.min(start + length, this.size)
    if (start < this.#windowStart || end > this.#windowStart + this.#window.length) {
      const fetchEnd = Math.min(Math.max(end, start + this.windowBytes), this.size)
      this.#window = new Uint8Array(await this.file.slice(start, fetchEnd).arrayBuffer())
      this.#windowStart = start
    }
    return this.#window.subarray(start - this.#windowStart, end - this.#windowStart)
  }
}
