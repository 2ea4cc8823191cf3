/** The report of a run, for machines (`report.json`, design section 6): what every cell was set to, how it ended, what it measured. */
import type { EngineDescription } from '../engine/api'
import type { GpuCheck } from '../schema/gpu-check'
import type { Cell, CellKind, Notebook, Settings } from '../schema/notebook'
import { settingsOf } from '../schema/settings'
import type { CellState } from './cell-state'

export interface CellReport {
  readonly id: string
  readonly kind: CellKind
  readonly status: 'done' | 'failed' | 'skipped'
  /** 0 for what had not to be computed. */
  readonly durationS: number
  readonly settings: Settings
  readonly metrics: Readonly<Record<string, unknown>>
  /** Why a cell failed or was skipped. */
  readonly error?: string
}

export interface Report {
  readonly adapter: string
  readonly browser: string
  /** Of adapter, browser build and kernel variants: equal fingerprints and seeds mean equal bits. */
  readonly fingerprint: string
  /** How the GPU's check ended, by kernel variant; null when none was needed. */
  readonly gpuCheck: GpuCheck | null
  readonly seed: number
  readonly cells: readonly CellReport[]
}

function cellReport(cell: Cell, state: CellState | undefined): CellReport {
  const { id, kind } = cell
  const { status = 'never', result, error, durationS = 0, staleBecause } = state ?? {}
  const common = {
    id,
    kind,
    durationS,
    settings: settingsOf(cell),
    metrics: status === 'done' ? { ...result?.metrics } : {},
  }
  if (status === 'done') return { ...common, status }
  if (status === 'failed') return { ...common, status, error: error ?? 'It failed without a message.' }
  if (status === 'skipped') return { ...common, status, error: error ?? 'It was skipped.' }
  if (status === 'running' || status === 'paused')
    return { ...common, status: 'failed', error: 'It was stopped before it finished.' }
  return { ...common, status: 'skipped', error: staleBecause ? `Not run: ${staleBecause}.` : 'Not run.' }
}

/** Puts together the report of a settled notebook; a cell that is not done by now counts as skipped. */
export const buildReport = (
  notebook: Notebook,
  cells: Readonly<Record<string, CellState>>,
  engine: EngineDescription | undefined,
): Report => ({
  adapter: engine?.adapter ?? 'none',
  browser: engine?.browser ?? '',
  fingerprint: engine?.fingerprint ?? '',
  gpuCheck: engine?.check ?? null,
  seed: notebook.seed,
  cells: notebook.cells.map((cell) => cellReport(cell, cells[cell.id])),
})
