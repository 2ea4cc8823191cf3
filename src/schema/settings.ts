/**
 * Every setting of every cell kind, once: its type, unit, default and where the default comes from. The page draws its
 * controls from this table, the headless runner checks `--set` against it, the engine reads complete settings from it.
 */

import { cropsSetting } from './crops-setting'
import { model } from './model-settings'
import { type Cell, type CellKind, holdsWeights, type Settings, type SettingValue } from './notebook'
import { pretrain } from './pretrain-settings'
import { probe } from './probe-settings'
import type { SettingSpec } from './setting-spec'

const corpus: SettingSpec[] = [
  {
    key: 'snippetS',
    label: 'Snippet length',
    unit: 's',
    type: 'number',
    default: 10,
    min: 3,
    max: 600,
    source: 'our default',
    citation: 'Unpublished; 59 K h / 19.4 M instances (Table 1) gives 10.9 s',
  },
]

const spectrogram: SettingSpec[] = [
  {
    key: 'title',
    label: 'Title',
    type: 'text',
    default: '',
    source: 'our default',
    citation: 'Empty: the first title',
  },
  {
    key: 'startS',
    label: 'Start',
    unit: 's',
    type: 'number',
    default: 0,
    min: 0,
    max: 1e6,
    source: 'our default',
    citation: 'A window of 3 s, the length of a clip (released config)',
  },
]

const embed: SettingSpec[] = [cropsSetting]

export const settingSpecs: Readonly<Record<CellKind, readonly SettingSpec[]>> = {
  text: [{ key: 'markdown', label: 'Text', type: 'text', default: '', source: 'our default', citation: 'Markdown' }],
  corpus,
  spectrogram,
  model,
  pretrain,
  embed,
  probe,
  export: [],
}

/** The settings that a cell has: what its imported weights tell is none. */
export const specsOf = (cell: Pick<Cell, 'kind' | 'media'>): readonly SettingSpec[] =>
  settingSpecs[cell.kind].filter(({ recognised }) => !(recognised && holdsWeights(cell)))

/** All settings of a cell, with defaults where the document says nothing. */
export const settingsOf = (cell: Pick<Cell, 'kind' | 'media' | 'settings'>): Settings =>
  completeSettings(cell.kind, cell.settings, holdsWeights(cell))

/** Fills in every default of a cell kind. Keys that the kind does not know are dropped. */
export function completeSettings(kind: CellKind, given: Settings, imported = false): Settings {
  const settings: Record<string, SettingValue> = {}
  for (const spec of settingSpecs[kind])
    if (!(imported && spec.recognised))
      settings[spec.key] = given[spec.key] ?? defaultOf(spec, { ...given, ...settings }, imported)
  return settings
}

export const defaultOf = (spec: SettingSpec, settings: Settings, imported = false): SettingValue =>
  typeof spec.default === 'function' ? spec.default(settings, imported) : spec.default

/**
 * Checks one value and returns it in the type of its setting ('40' becomes 40).
 * @throws naming the setting, the value and what would be accepted.
 */
export function parseSetting(kind: CellKind, key: string, value: SettingValue): SettingValue {
  const spec = settingSpecs[kind].find((candidate) => candidate.key === key)
  if (!spec) {
    const known = settingSpecs[kind].map((candidate) => candidate.key).join(', ')
    throw new Error(`${kind} has no setting "${key}"; it has: ${known || 'none'}.`)
  }
  switch (spec.type) {
    case 'number': {
      const number = typeof value === 'number' ? value : Number(value === '' ? Number.NaN : value)
      const whole = spec.integer ? 'a whole number' : 'a number'
      if (
        !Number.isFinite(number) ||
        number < spec.min ||
        number > spec.max ||
        (spec.integer && !Number.isInteger(number))
      )
        throw new Error(`${kind}.${key} must be ${whole} from ${spec.min} to ${spec.max}; "${value}" is not.`)
      return number
    }
    case 'choice':
      if (!spec.choices.includes(String(value)))
        throw new Error(`${kind}.${key} must be one of ${spec.choices.join(', ')}; "${value}" is not.`)
      return String(value)
    case 'boolean':
      if (value !== true && value !== false && value !== 'true' && value !== 'false')
        throw new Error(`${kind}.${key} must be true or false; "${value}" is not.`)
      return value === true || value === 'true'
    case 'text':
      return String(value ?? '')
  }
}
