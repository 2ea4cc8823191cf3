/**
 * Runs the check of the GPU once for each adapter, browser build and set of kernels, and again when asked. Jobs wait for
 * the variants they use; the others have their turn when no job runs.
 */
import type { GpuContext } from '../../gpu/gpu-context'
import type { GpuCheck, GpuProgress } from '../../schema/gpu-check'
import { identify } from '../adapter-identity'
import { keepJson, keptJson } from '../kept-json'
import { runCheck } from './run-check'

type Listener = (progress: GpuProgress) => void

interface Running {
  /** Jobs may go by this: the variants in use are checked. */
  readonly base: Promise<GpuCheck>
  readonly done: Promise<GpuCheck>
  readonly abort: AbortController
  readonly listeners: Set<Listener>
  latest: GpuCheck | null
}

interface Wait {
  readonly signal?: AbortSignal
  readonly onProgress?: Listener
}

export class GpuChecker {
  private running: Running | null = null
  private jobs = 0
  /** Somebody looks at the whole result: it does not wait for jobs to end. */
  private urgent = false
  private readonly idle = new Set<() => void>()

  constructor(private readonly gpu: () => Promise<GpuContext>) {}

  /** What is known by now; null before the first check. A check made anew counts once it is complete. */
  async known(): Promise<GpuCheck | null> {
    return (await this.stored()) ?? this.running?.latest ?? null
  }

  /** A check by which jobs may go. @throws an `AbortError` once `signal` fires. */
  async usable(wait: Wait = {}): Promise<GpuCheck> {
    const stored = await this.stored()
    if (stored) return stored
    await this.settleStopped()
    const running = this.start()
    return this.waitFor(running, running.base, wait)
  }

  /** A check of every variant: the stored one, unless it is to be made again. */
  async complete(again: boolean, wait: Wait = {}): Promise<GpuCheck> {
    const stored = await this.stored()
    if (stored?.complete && !again) return stored
    await this.settleStopped()
    const running = this.start()
    if (again) this.hurry()
    return this.waitFor(running, running.done, wait)
  }

  /** Runs a job; what no job needs is checked before or after it. */
  async whileBusy<T>(job: () => Promise<T>): Promise<T> {
    this.jobs++
    try {
      return await job()
    } finally {
      this.jobs--
      if (this.jobs === 0) this.release()
    }
  }

  get isBusy(): boolean {
    return this.jobs > 0
  }

  /** A check that was told to stop ends its present trial first; nobody who comes later should share its end. */
  private async settleStopped(): Promise<void> {
    const { running } = this
    if (running?.abort.signal.aborted) await running.done.catch(() => undefined)
  }

  private hurry(): void {
    this.urgent = true
    this.release()
  }

  private release(): void {
    for (const resolve of this.idle) resolve()
    this.idle.clear()
  }

  private whenIdle(): Promise<void> {
    if (this.jobs === 0 || this.urgent) return Promise.resolve()
    return new Promise((resolve) => this.idle.add(resolve))
  }

  private async directory(): Promise<string> {
    return `gpu-checks/${(await identify(await this.gpu())).key}`
  }

  private async stored(): Promise<GpuCheck | null> {
    return keptJson<GpuCheck>(await this.directory())
  }

  private start(): Running {
    if (this.running) return this.running
    const abort = new AbortController()
    const listeners = new Set<Listener>()
    const base = Promise.withResolvers<GpuCheck>()
    const run = async (): Promise<GpuCheck> => {
      const { adapter, browser, shaderHash } = await identify(await this.gpu())
      const directory = await this.directory()
      const check = await runCheck(
        { adapter, browser, shaderHash },
        {
          gpu: this.gpu,
          signal: abort.signal,
          onProgress: (progress) => {
            for (const listener of listeners) listener(progress)
          },
          onBase: (known) => {
            running.latest = known
            base.resolve(known)
          },
          whenIdle: () => this.whenIdle(),
          // A job waits for the base, and for the rest when it is urgent.
          isShared: () => this.jobs > 0 && !this.urgent && running.latest !== null,
        },
      )
      await keepJson(directory, check)
      running.latest = check
      return check
    }
    const done = run().finally(() => {
      this.running = null
      this.urgent = false
    })
    done.catch(base.reject)
    base.promise.catch(() => undefined)
    const running: Running = { base: base.promise, done, abort, listeners, latest: null }
    this.running = running
    return running
  }

  /** Stops the check when the last one who waits for it leaves. */
  private async waitFor(running: Running, result: Promise<GpuCheck>, { signal, onProgress }: Wait): Promise<GpuCheck> {
    const listener: Listener = (progress) => onProgress?.(progress)
    const left = Promise.withResolvers<never>()
    const leave = () => {
      running.listeners.delete(listener)
      if (running.listeners.size === 0) running.abort.abort(signal?.reason)
      left.reject(signal?.reason)
    }
    signal?.throwIfAborted()
    running.listeners.add(listener)
    signal?.addEventListener('abort', leave)
    try {
      return await Promise.race([result, left.promise])
    } finally {
      signal?.removeEventListener('abort', leave)
    }
  }
}
