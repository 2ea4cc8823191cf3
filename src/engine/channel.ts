/**
 * A typed job channel between the page and the worker: calls with a result, progress events, and cancellation.
 * Requests are `{id, method, args}`; answers are `{id, progress}`, `{id, result}` or `{id, error}`.
 */

export interface CallContext {
  readonly signal: AbortSignal
  progress(event: unknown): void
}

/** What the worker offers: methods that receive their arguments, then how to report and whether to stop. */
export type Methods = Readonly<Record<string, (context: CallContext, ...args: never[]) => Promise<unknown>>>

type Request =
  | { readonly id: number; readonly method: string; readonly args: readonly unknown[] }
  | { readonly id: number; readonly cancel: true }
type Answer =
  | { readonly id: number; readonly progress: unknown }
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: { readonly name: string; readonly message: string } }

/** The end of a `MessagePort` or worker that both sides use. */
export interface Port {
  postMessage(message: unknown, transfer: Transferable[]): void
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void
}

export interface Caller {
  call(
    method: string,
    args: readonly unknown[],
    options?: { readonly onProgress?: (event: unknown) => void; readonly signal?: AbortSignal },
  ): Promise<unknown>
}

/** Page side. */
export function openCaller(port: Port): Caller {
  interface Pending {
    resolve(value: unknown): void
    reject(error: Error): void
    onProgress?: (event: unknown) => void
  }
  const pending = new Map<number, Pending>()
  let nextId = 1
  port.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
    const job = pending.get(data.id)
    if (!job) return
    if ('progress' in data) {
      job.onProgress?.(data.progress)
      return
    }
    pending.delete(data.id)
    if ('result' in data) job.resolve(data.result)
    else job.reject(Object.assign(new Error(data.error.message), { name: data.error.name }))
  })
  return {
    call: (method, args, options = {}) =>
      new Promise((resolve, reject) => {
        options.signal?.throwIfAborted()
        const id = nextId++
        pending.set(id, { resolve, reject, onProgress: options.onProgress })
        options.signal?.addEventListener('abort', () => port.postMessage({ id, cancel: true } satisfies Request, []))
        port.postMessage({ id, method, args } satisfies Request, [])
      }),
  }
}

/** Worker side: answers calls on `port` with `methods` until the worker ends. */
export function serve(port: Port, methods: Methods): void {
  const running = new Map<number, AbortController>()
  port.addEventListener('message', async ({ data }: MessageEvent<Request>) => {
    const { id } = data
    if ('cancel' in data) {
      running.get(id)?.abort(new DOMException('Stopped.', 'AbortError'))
      return
    }
    const controller = new AbortController()
    running.set(id, controller)
    const answer = (message: Answer) => port.postMessage(message, [])
    try {
      const method = methods[data.method]
      if (!method) throw new Error(`The engine has no method "${data.method}".`)
      const context: CallContext = { signal: controller.signal, progress: (progress) => answer({ id, progress }) }
      // The caller's interface fixes the argument types of each method; messages carry them unchanged.
      answer({ id, result: await method(context, ...(data.args as never[])) })
    } catch (error) {
      const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) }
      answer({ id, error: { name, message } })
    } finally {
      running.delete(id)
    }
  })
}
