/** What every cell's job receives. */
import type { OpenCorpus } from '../../corpus/open-corpus'
import type { EmbeddingCache } from '../../evaluation/clip-embeddings'
import type { GpuContext } from '../../gpu/gpu-context'
import type { GpuCheck } from '../../schema/gpu-check'
import type { CellKind, Settings } from '../../schema/notebook'
import type { CellResult, Progress, ResultOf, RunRequest } from '../api'

export interface JobContext {
  readonly request: RunRequest
  readonly signal: AbortSignal
  progress(event: Progress): void
  /**
   * The GPU, with the kernel variants of this result; opened on first use, again after it was lost.
   * @param variants Those of a run that was begun before, which keeps them to its end.
   * @throws for a job that needs it when the GPU does not pass its check.
   */
  gpu(variants?: string): Promise<GpuContext>
  /** The check by which jobs may run. */
  usableGpuCheck(): Promise<GpuCheck>
  /** The check of the GPU with all its variants. */
  gpuCheck(): Promise<GpuCheck>
  /** Resolves at once unless the cell is paused, otherwise when it is resumed or stopped. */
  whileNotPaused(onPause: () => Promise<void>): Promise<void>
  /** Pauses the cell, saying why, until it is resumed or stopped. */
  pauseWith(problem: string): Promise<void>
  /** Goes up whenever the page asks running cells to write checkpoints. */
  checkpointsAsked(): number
  /** What is to be done once the job's result is stored. */
  afterStored(task: () => Promise<void>): void
  /** The opened media of the upstream corpus cell. @throws when there is none. */
  corpus(): OpenCorpus
  /** Embeddings made so far under a name: corpus, weights and crops. */
  embeddingCache(scope: string): EmbeddingCache
  /** The stored result of an upstream cell. @throws when the cell reads none of this kind. */
  upstream<K extends CellKind>(kind: K): Promise<{ hash: string; settings: Settings; result: ResultOf<K> }>
}

export type Job = (context: JobContext) => Promise<CellResult>

/** Estimates the time left from the share done so far. */
export function remainingTime(startedAt: number, fraction: number): number | undefined {
  const elapsed = (performance.now() - startedAt) / 1000
  return fraction > 0.01 && elapsed > 1 ? (elapsed * (1 - fraction)) / fraction : undefined
}
