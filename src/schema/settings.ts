/**
 * Every setting of every cell kind, once: its type, unit, default and where the default comes from. The page draws its
 * controls from this table, the headless runner checks `--set` against it, the engine reads complete settings from it.
 */
import type { CellKind, Settings, SettingValue } from './notebook'
import { modelPresets } from './presets'

/** Who chose a default. */
export type Source = 'paper' | "authors' code" | 'our default'

interface Common {
  readonly key: string
  readonly label: string
  readonly unit?: string
  readonly source: Source
  /** Where exactly, or why: one line shown under the control. */
  readonly citation: string
  /** Rarely touched: shown under "More settings". */
  readonly advanced?: boolean
}
export type SettingSpec = Common &
  (
    | {
        readonly type: 'number'
        readonly default: number | ((settings: Settings) => number)
        readonly min: number
        readonly max: number
        readonly integer?: boolean
      }
    | {
        readonly type: 'choice'
        readonly default: string | ((settings: Settings) => string)
        readonly choices: readonly string[]
      }
    | { readonly type: 'boolean'; readonly default: boolean | ((settings: Settings) => boolean) }
    | { readonly type: 'text'; readonly default: string }
  )

const dimensionOf = (key: string) => (settings: Settings) => {
  const preset = modelPresets[String(settings.preset ?? 'tiny')] ?? modelPresets.tiny
  return preset[key as keyof typeof preset]
}
const numberOf = (key: string) => dimensionOf(key) as (settings: Settings) => number
const choiceOf = (key: string) => dimensionOf(key) as (settings: Settings) => string

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

const model: SettingSpec[] = [
  {
    key: 'preset',
    label: 'Size',
    type: 'choice',
    default: 'tiny',
    choices: ['tiny', 'small', 'S', 'B'],
    source: 'our default',
    citation: 'S and B are the paper’s (§5.2); tiny trains on a software adapter',
  },
  {
    key: 'videoFrames',
    label: 'Frames',
    type: 'number',
    integer: true,
    default: numberOf('videoFrames'),
    min: 1,
    max: 64,
    source: "authors' code",
    citation: '16 in the released config; smaller presets use fewer',
  },
  {
    key: 'videoSize',
    label: 'Crop',
    unit: 'px',
    type: 'number',
    integer: true,
    default: numberOf('videoSize'),
    min: 16,
    max: 448,
    source: "authors' code",
    citation: '224 in the released config; smaller presets use less',
  },
  {
    key: 'patch',
    label: 'Patches',
    type: 'choice',
    default: choiceOf('patch'),
    choices: ['non-overlap', 'overlap'],
    source: "authors' code",
    citation: 'Non-overlapping is the code’s default',
  },
  {
    key: 'embedDim',
    label: 'Stem width',
    type: 'number',
    integer: true,
    default: numberOf('embedDim'),
    min: 4,
    max: 1024,
    source: "authors' code",
    citation: '96 for S and B',
  },
  {
    key: 'numHeads',
    label: 'Stem heads',
    type: 'number',
    integer: true,
    default: numberOf('numHeads'),
    min: 1,
    max: 16,
    source: "authors' code",
    citation: '1 for S and B',
  },
  {
    key: 'depth',
    label: 'Blocks',
    type: 'number',
    integer: true,
    default: numberOf('depth'),
    min: 1,
    max: 48,
    source: "authors' code",
    citation: '16 for S, 24 for B',
  },
  {
    key: 'widenAt',
    label: 'Widening blocks',
    type: 'text',
    default: '',
    source: "authors' code",
    citation: 'Empty: the preset’s (S 1,3,14; B 2,5,21)',
    advanced: true,
  },
  {
    key: 'mlpRatio',
    label: 'MLP ratio',
    type: 'number',
    default: 4,
    min: 1,
    max: 8,
    source: "authors' code",
    citation: '4',
    advanced: true,
  },
  {
    key: 'videoPooling',
    label: 'Video embedding',
    type: 'choice',
    default: 'mean-norm',
    choices: ['cls', 'mean-norm'],
    source: 'paper',
    citation: '§5.1 pools by mean; the code’s default is CLS',
    advanced: true,
  },
  {
    key: 'audioPooling',
    label: 'Audio embedding',
    type: 'choice',
    default: 'norm-mean',
    choices: ['norm-mean', 'mean-norm'],
    source: "authors' code",
    citation: 'norm, then mean',
    advanced: true,
  },
  {
    key: 'videoDropPath',
    label: 'Drop path, video',
    type: 'number',
    default: numberOf('videoDropPath'),
    min: 0,
    max: 0.9,
    source: "authors' code",
    citation: 'S 0.2, B 0.3',
    advanced: true,
  },
  {
    key: 'audioDropPath',
    label: 'Drop path, audio',
    type: 'number',
    default: numberOf('audioDropPath'),
    min: 0,
    max: 0.9,
    source: "authors' code",
    citation: 'S 0.1, B 0.3',
    advanced: true,
  },
  {
    key: 'headHidden',
    label: 'Head width',
    type: 'number',
    integer: true,
    default: numberOf('headHidden'),
    min: 4,
    max: 4096,
    source: 'our default',
    citation: 'Unpublished; SimCLR uses the embedding’s width',
  },
  {
    key: 'headLayers',
    label: 'Head layers',
    type: 'number',
    integer: true,
    default: 3,
    min: 1,
    max: 5,
    source: 'our default',
    citation: 'Unpublished; SimCLR’s 3',
    advanced: true,
  },
  {
    key: 'headDim',
    label: 'Projection',
    type: 'number',
    integer: true,
    default: numberOf('headDim'),
    min: 2,
    max: 1024,
    source: 'our default',
    citation: 'Unpublished; 128 in SimCLR',
  },
  {
    key: 'headNorm',
    label: 'Head norm',
    type: 'choice',
    default: 'batch',
    choices: ['batch', 'none'],
    source: 'our default',
    citation: 'Unpublished; SimCLR’s batch norm',
    advanced: true,
  },
]

const pretrain: SettingSpec[] = [
  {
    key: 'steps',
    label: 'Steps',
    type: 'number',
    integer: true,
    default: 2000,
    min: 1,
    max: 1e7,
    source: 'our default',
    citation: 'Unpublished; 2 000 is quick, 20 000 normal',
  },
  {
    key: 'batch',
    label: 'Batch',
    unit: 'clips',
    type: 'number',
    integer: true,
    default: 32,
    min: 2,
    max: 4096,
    source: 'our default',
    citation: 'Unpublished; bounded by memory',
  },
  {
    key: 'snippetsPerTitle',
    label: 'Snippets per title',
    type: 'number',
    integer: true,
    default: (s) => (Number(s.batch ?? 32) <= 64 ? 4 : 8),
    min: 1,
    max: 256,
    source: 'our default',
    citation: 'Unpublished (§4.1 says several); raised when titles are few',
  },
  {
    key: 'dub',
    label: 'Dub augmentation',
    type: 'choice',
    default: 'on',
    choices: ['on', 'off'],
    source: 'paper',
    citation: '§4.1: the second audio view speaks another language',
  },
  {
    key: 'primary',
    label: 'Primary track',
    type: 'choice',
    default: 'original',
    choices: ['original', 'random'],
    source: 'our default',
    citation: 'Unpublished',
    advanced: true,
  },
  {
    key: 'temperature',
    label: 'Temperature τ',
    type: 'number',
    default: 0.1,
    min: 0.001,
    max: 10,
    source: 'our default',
    citation: 'Unpublished; SimCLR’s 0.1',
  },
  {
    key: 'crossWeight',
    label: 'Weight of L',
    type: 'number',
    default: 1,
    min: 0,
    max: 10,
    source: 'paper',
    citation: '§4.1',
    advanced: true,
  },
  {
    key: 'lambdaV',
    label: 'λ video',
    type: 'number',
    default: 0,
    min: 0,
    max: 10,
    source: 'paper',
    citation: 'Table 1: 0 when training from scratch',
  },
  {
    key: 'lambdaA',
    label: 'λ audio',
    type: 'number',
    default: 0,
    min: 0,
    max: 10,
    source: 'paper',
    citation: 'Table 1: 0 when training from scratch',
  },
  {
    key: 'learningRate',
    label: 'Learning rate',
    type: 'number',
    default: (s) => Math.min(1.6e-3, (1e-4 * Number(s.batch ?? 32)) / 16),
    min: 0,
    max: 1,
    source: 'our default',
    citation: 'SlowFast: 1e-4 per 16 clips, at most 1.6e-3',
  },
  {
    key: 'warmupShare',
    label: 'Warm-up',
    unit: 'share of steps',
    type: 'number',
    default: 0.15,
    min: 0,
    max: 1,
    source: 'our default',
    citation: 'SlowFast: 30 of 200 epochs',
    advanced: true,
  },
  {
    key: 'minLearningRate',
    label: 'End learning rate',
    type: 'number',
    default: 1e-6,
    min: 0,
    max: 1,
    source: 'our default',
    citation: 'SlowFast: cosine to 1e-6',
    advanced: true,
  },
  {
    key: 'weightDecay',
    label: 'Weight decay',
    type: 'number',
    default: 0.05,
    min: 0,
    max: 1,
    source: 'our default',
    citation: 'SlowFast; none on biases and 1-D tensors',
    advanced: true,
  },
  {
    key: 'clipNorm',
    label: 'Gradient clip',
    type: 'number',
    default: 1,
    min: 0,
    max: 1e6,
    source: 'our default',
    citation: 'SlowFast: global L2 norm 1; 0 is off',
    advanced: true,
  },
  {
    key: 'scaleMin',
    label: 'Scale jitter from',
    unit: '× crop',
    type: 'number',
    default: 1.142857,
    min: 1,
    max: 4,
    source: "authors' code",
    citation: '256 / 224',
    advanced: true,
  },
  {
    key: 'scaleMax',
    label: 'Scale jitter to',
    unit: '× crop',
    type: 'number',
    default: 1.428571,
    min: 1,
    max: 4,
    source: "authors' code",
    citation: '320 / 224',
    advanced: true,
  },
  {
    key: 'flip',
    label: 'Flip',
    unit: 'probability',
    type: 'number',
    default: 0.5,
    min: 0,
    max: 1,
    source: 'our default',
    citation: 'SlowFast RANDOM_FLIP',
    advanced: true,
  },
  {
    key: 'gainDb',
    label: 'Gain',
    unit: '± dB',
    type: 'number',
    default: 6,
    min: 0,
    max: 40,
    source: 'our default',
    citation: 'Keeps a dub’s loudness from being a cue',
    advanced: true,
  },
  {
    key: 'checkpointEveryS',
    label: 'Checkpoint every',
    unit: 's',
    type: 'number',
    default: 60,
    min: 1,
    max: 86400,
    source: 'our default',
    citation: 'A closed tab costs at most this',
    advanced: true,
  },
]

const embed: SettingSpec[] = [
  {
    key: 'crops',
    label: 'Crops per frame',
    type: 'choice',
    default: '1',
    choices: ['1', '5'],
    source: "authors' code",
    citation: 'Five in the authors’ inference; 1 is quick and labelled so',
  },
]

const probe: SettingSpec[] = [
  {
    key: 'epochs',
    label: 'Epochs',
    type: 'number',
    integer: true,
    default: 100,
    min: 1,
    max: 10000,
    source: 'our default',
    citation: 'Unpublished for linear probes',
  },
  {
    key: 'learningRate',
    label: 'Learning rate',
    type: 'number',
    default: 1e-2,
    min: 0,
    max: 1,
    source: 'our default',
    citation: 'Largest of the grid 1e-2, 1e-3, 1e-4',
  },
  {
    key: 'weightDecay',
    label: 'Weight decay',
    type: 'number',
    default: 1e-2,
    min: 0,
    max: 1,
    source: 'our default',
    citation: 'AdamW’s default',
    advanced: true,
  },
]

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

/** Fills in every default of a cell kind. Keys that the kind does not know are dropped. */
export function completeSettings(kind: CellKind, given: Settings): Settings {
  const settings: Record<string, SettingValue> = {}
  for (const spec of settingSpecs[kind])
    settings[spec.key] = given[spec.key] ?? defaultOf(spec, { ...given, ...settings })
  return settings
}

export const defaultOf = (spec: SettingSpec, settings: Settings): SettingValue =>
  typeof spec.default === 'function' ? spec.default(settings) : spec.default

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
