/**
 * The engine's side of the parser worker. Requests are served one after the other, each with a deadline: a file that a parser
 * takes too long for costs that worker, and the other files go on in another one.
 */
import { startWorker } from '../blob-worker'
import type { ParserAnswer, ParserMethod, ParserMethods, ParserRequest } from './messages'
import workerUrl from './parser-worker?worker&url'

/** A file has to be read, or refused, within 5 s; this leaves some of it to ask the browser what it decodes. */
const deadlineMs = 4500
/** A worker without a file to read is kept this long for the next one. */
const idleMs = 2000

class ParserWorker {
  readonly #worker: Worker
  #waiting: { readonly id: number; settle(answer: ParserAnswer): void; fail(error: Error): void } | null = null
  #nextId = 1

  constructor() {
    this.#worker = startWorker(workerUrl, import.meta.url, 'parser')
    this.#worker.addEventListener('message', ({ data }: MessageEvent<ParserAnswer>) => {
      if (data.id === this.#waiting?.id) this.#waiting.settle(data)
    })
    this.#worker.addEventListener('error', (event) => {
      event.preventDefault()
      this.#waiting?.fail(new Error(`its parser failed (${event.message || 'no reason given'})`))
    })
  }

  /** @throws {TooLate} after the deadline; the worker is of no use then. */
  async call(method: ParserMethod, args: readonly unknown[]): Promise<ParserAnswer> {
    const id = this.#nextId++
    let timer: ReturnType<typeof setTimeout> | undefined
    try {
      return await new Promise<ParserAnswer>((resolve, reject) => {
        this.#waiting = { id, settle: resolve, fail: reject }
        timer = setTimeout(() => reject(new Error('reading it takes too long; the file is damaged')), deadlineMs)
        this.#worker.postMessage({ id, method, args } satisfies ParserRequest)
      })
    } finally {
      clearTimeout(timer)
      this.#waiting = null
    }
  }

  terminate(): void {
    this.#worker.terminate()
  }
}

/** One worker at a time, started when needed, ended when hung or idle. */
class Parser {
  #worker: ParserWorker | null = null
  /** Goes up with every worker: what an earlier one held is gone. */
  #generation = 0
  #queue: Promise<unknown> = Promise.resolve()
  #queued = 0
  #held = 0
  #idle: ReturnType<typeof setTimeout> | undefined

  get generation(): number {
    return this.#generation
  }

  /** Files held open keep the worker. */
  hold(change: 1 | -1): void {
    this.#held += change
    this.#endWhenIdle()
  }

  /** Runs `task` when those before it are done. @throws what it throws. */
  inTurn<T>(task: () => Promise<T>): Promise<T> {
    this.#queued++
    const turn = this.#queue.then(task).finally(() => {
      this.#queued--
      this.#endWhenIdle()
    })
    this.#queue = turn.catch(() => {})
    return turn
  }

  /** To be called in turn. @throws the worker's message, or that it took too long. */
  async request<M extends ParserMethod>(
    method: M,
    ...args: Parameters<ParserMethods[M]>
  ): Promise<Awaited<ReturnType<ParserMethods[M]>>> {
    clearTimeout(this.#idle)
    if (!this.#worker) {
      this.#worker = new ParserWorker()
      this.#generation++
    }
    let answer: ParserAnswer
    try {
      answer = await this.#worker.call(method, args)
    } catch (error) {
      this.#worker.terminate()
      this.#worker = null
      throw error
    }
    if ('error' in answer) throw new Error(answer.error)
    // Both sides are built from the same types.
    return answer.result as Awaited<ReturnType<ParserMethods[M]>>
  }

  /** Whether what `generation` held is still there. */
  holds(generation: number): boolean {
    return this.#worker !== null && generation === this.#generation
  }

  #endWhenIdle(): void {
    clearTimeout(this.#idle)
    if (this.#queued > 0 || this.#held > 0) return
    this.#idle = setTimeout(() => {
      this.#worker?.terminate()
      this.#worker = null
    }, idleMs)
  }
}

export const parser = new Parser()
