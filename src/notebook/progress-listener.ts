/** Turns the engine's progress events into states of the running cell, gathered between two looks of the page. */
import type { LossPoint, Progress } from '../engine/api'
import type { CellState } from './cell-state'
import { joinLosses } from './losses'

/** Progress reaches the page at most this often, in ms: a fast GPU takes hundreds of steps a second. */
const progressEvery = 100

export class ProgressListener {
  readonly #state: () => CellState
  readonly #set: (state: CellState) => void
  #losses: readonly LossPoint[] = []
  #latest: Progress | null = null
  #closed = false
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(state: () => CellState, set: (state: CellState) => void) {
    this.#state = state
    this.#set = set
  }

  readonly hear = (progress: Progress): void => {
    const { losses, ...rest } = progress
    if (this.#closed) return
    if (losses) this.#losses = joinLosses(this.#losses, losses)
    // Not every event carries these; the last known ones stay on show.
    const { similarity, clipsPerSecond, sampling, looks } = this.#latest ?? this.#state().progress ?? {}
    this.#latest = { similarity, clipsPerSecond, sampling, looks, ...withoutUndefined(rest) }
    this.#timer ??= setTimeout(() => this.#tell(), progressEvery)
  }

  /** Tells what is left and listens no more. */
  close(): void {
    this.#closed = true
    this.#tell()
  }

  #tell(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const progress = this.#latest
    if (!progress) return
    const state = this.#state()
    this.#set({
      ...state,
      status: progress.paused ? 'paused' : 'running',
      progress,
      losses: joinLosses(state.losses, this.#losses),
    })
    this.#losses = []
    this.#latest = null
  }
}

const withoutUndefined = (progress: Progress): Progress =>
  Object.fromEntries(Object.entries(progress).filter(([, value]) => value !== undefined)) as unknown as Progress
