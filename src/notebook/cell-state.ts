/** What is known of a cell's run, apart from the document: its state, result, error and progress. */
import type { CellResult, LossPoint, Progress } from '../engine/api'
import { type Recipe, whyStale } from './recipe'

export type CellStatus = 'never' | 'stale' | 'queued' | 'running' | 'paused' | 'done' | 'failed' | 'skipped'

export interface CellState {
  readonly status: CellStatus
  /** Which change made the result stale. */
  readonly staleBecause?: string
  /** Key of the result, or of the run that is going. */
  readonly hash?: string
  readonly result?: CellResult
  /** What went wrong, to be shown as it is; for a skipped cell, which cell failed. */
  readonly error?: string
  /** Variants that have to be trained before this one can start. */
  readonly missingRuns?: readonly string[]
  readonly progress?: Progress
  /** Pretraining: every step so far. */
  readonly losses: readonly LossPoint[]
  /** Milliseconds since 1970. */
  readonly startedAt?: number
  /** Seconds, once finished in this session. */
  readonly durationS?: number
  /** What the latest result, failure or run was made from. */
  readonly recipe?: Recipe
}

export const neverRun: CellState = { status: 'never', losses: [] }

/** Whether a cell waits for the engine or occupies it. */
export const isActive = ({ status }: CellState): boolean =>
  status === 'queued' || status === 'running' || status === 'paused'

/** Compares a finished cell with what the document says now: stale with its reason, or again up to date. */
export function checkedAgainst(state: CellState, recipe: Recipe): CellState {
  if (isActive(state) || !state.recipe) return state
  const staleBecause = whyStale(state.recipe, recipe)
  if (staleBecause === state.staleBecause && (staleBecause !== undefined) === (state.status === 'stale')) return state
  if (staleBecause !== undefined) return { ...state, status: 'stale', staleBecause }
  const { staleBecause: _, ...rest } = state
  if (state.error !== undefined) return { ...rest, status: 'failed' }
  return { ...rest, status: state.result ? 'done' : 'never' }
}
