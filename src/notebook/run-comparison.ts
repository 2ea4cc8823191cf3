/** What tells runs apart: the settings in which they differ. */

import type { RunRecord } from '../schema/run-record'
import { settingSpecs } from '../schema/settings'

export interface RecordRow {
  readonly label: string
  /** By run, in their order. */
  readonly values: readonly string[]
}

const kinds = ['corpus', 'model', 'pretrain'] as const

/** Settings, seed, program and device of runs. */
export function recordRows(runs: readonly RunRecord[]): readonly RecordRow[] {
  return [
    { label: 'Seed', values: runs.map(({ seed }) => String(seed)) },
    ...kinds.flatMap((kind) =>
      settingSpecs[kind].map(({ key, label, unit }) => ({
        label: unit ? `${label}, ${unit}` : label,
        values: runs.map(({ settings }) => shown(settings[kind][key])),
      })),
    ),
    { label: 'Computed by', values: runs.map(({ devices }) => devices.map(({ device }) => device).join(', then ')) },
    { label: 'Dubbook', values: runs.map(({ codeVersion }) => codeVersion) },
  ]
}

/** What of it not all of the runs share. */
export const differences = (runs: readonly RunRecord[]): readonly RecordRow[] =>
  recordRows(runs).filter(({ values }) => new Set(values).size > 1)

/** Of a run's hash its beginning tells enough. */
const shown = (value: unknown): string =>
  value === undefined || value === null || value === '' ? '–' : String(value).replace(/^(\w{8})\w{32,}@/, '$1…@')
