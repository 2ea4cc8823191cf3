/**
 * Keeps a WebCodecs decoder busy without letting its queue grow: one place to wait until something happens, whether an output,
 * a shorter queue, an error or a cancellation.
 */
export class Pressure {
  #wake: (() => void) | null = null
  #error: Error | null = null

  constructor(private readonly signal?: AbortSignal) {
    signal?.addEventListener('abort', this.notify)
  }

  /** Something changed: whoever waits looks again. */
  readonly notify = (): void => {
    this.#wake?.()
    this.#wake = null
  }

  readonly fail = (error: unknown): void => {
    this.#error ??= error instanceof Error ? error : new Error(String(error))
    this.notify()
  }

  /** @throws what the decoder reported, or the signal's reason. */
  check(): void {
    this.signal?.throwIfAborted()
    if (this.#error) throw this.#error
  }

  /** Resolves once `ready` holds. @throws as `check`. */
  async until(ready: () => boolean): Promise<void> {
    this.check()
    while (!ready()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      this.check()
    }
  }

  release(): void {
    this.signal?.removeEventListener('abort', this.notify)
  }
}

/** Whether a decoder failed over what it was given, so that leaving that out may help; otherwise it was taken away. */
export const isAboutData = (error: unknown): boolean =>
  error instanceof DOMException && (error.name === 'EncodingError' || error.name === 'DataError')
