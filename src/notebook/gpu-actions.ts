/** What a user can ask of the GPU itself: to be checked, to be tuned; and what a run asks of it before it begins. */
import type { Engine, EngineDescription } from '../engine/api'
import type { GpuProgress } from '../schema/gpu-check'
import type { CellKind } from '../schema/notebook'

/** Kinds that compute with networks: they wait for the check of the GPU. */
const checkedKinds: ReadonlySet<CellKind> = new Set(['pretrain', 'embed', 'probe'])

export type GpuTask = 'check' | 'tune' | 'measure'

/** What is being done with the GPU, apart from cells. */
export interface GpuActivity {
  readonly task?: GpuTask
  readonly progress?: GpuProgress
  /** Milliseconds since 1970. */
  readonly startedAt?: number
  /** Why the last task came to nothing. */
  readonly error?: string
}

export interface GpuActions {
  /** Checks every kernel variant: resolves at once where that was done before, unless it is to be done again. */
  check(again: boolean): Promise<void>
  /** Times every variant; new results use the fastest. */
  tune(): Promise<void>
  /** Measures what the adapter can do at most. */
  measure(): Promise<void>
  /** Brings what is known of the GPU up to date, and shows a check that still goes on. */
  look(): Promise<void>
  /** Stops the task that is going on. */
  cancel(): void
  /** Goes back to the fixed table of variants. */
  forgetTuning(): Promise<void>
  /** Waits until it is known which variants a cell of this kind may use. @throws an `AbortError` once `signal` fires. */
  prepare(kind: CellKind, onProgress: (progress: GpuProgress) => void, signal: AbortSignal): Promise<void>
}

/** What is known of the GPU and done with it: a part of the session's state. */
export interface GpuState {
  /** Neither is there until the engine has answered. */
  readonly engine: { readonly description?: EngineDescription; readonly error?: string }
  /** What is being done with the GPU, apart from cells. */
  readonly gpu: GpuActivity
}

interface GpuStore {
  setState(change: Partial<GpuState>): void
  getState(): GpuState
}

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

export function createGpuActions(engine: Engine, { setState, getState }: GpuStore): GpuActions {
  let abort: AbortController | null = null
  const refresh = async (): Promise<void> => {
    const description = await engine.describe()
    setState({ engine: { description } })
  }
  const run = async (
    task: GpuTask,
    work: (onProgress: (progress: GpuProgress) => void, signal: AbortSignal) => Promise<unknown>,
  ): Promise<void> => {
    if (abort) return
    const mine = new AbortController()
    abort = mine
    const startedAt = Date.now()
    setState({ gpu: { task, startedAt } })
    const stopped = Promise.withResolvers<never>()
    mine.signal.addEventListener('abort', () => stopped.reject(mine.signal.reason))
    try {
      // What cannot be stopped ends by itself; nobody has to wait for it.
      const tell = (progress: GpuProgress) => {
        if (abort === mine) setState({ gpu: { task, startedAt, progress } })
      }
      const working = work(tell, mine.signal)
      await Promise.race([working, stopped.promise])
      await refresh()
      setState({ gpu: {} })
    } catch (cause) {
      setState({ gpu: mine.signal.aborted ? {} : { error: messageOf(cause) } })
    } finally {
      abort = null
    }
  }
  const check = (again: boolean) =>
    run('check', (onProgress, signal) => engine.checkGpu(again ? 'again' : 'complete', onProgress, signal))
  return {
    check,
    measure: () => run('measure', () => engine.measureFloor()),
    async look() {
      try {
        await refresh()
      } catch (cause) {
        return setState({ gpu: { error: messageOf(cause) } })
      }
      if (getState().engine.description?.check?.complete === false) await check(false)
    },
    tune: () => run('tune', (onProgress, signal) => engine.tuneGpu(onProgress, signal)),
    cancel: () => abort?.abort(),
    async forgetTuning() {
      await engine.forgetTuning()
      await refresh()
    },
    async prepare(kind, onProgress, signal) {
      if (!checkedKinds.has(kind) || getState().engine.description?.check) return
      await engine.checkGpu('usable', onProgress, signal)
      await refresh()
    },
  }
}
