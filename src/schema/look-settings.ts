/** Settings of the looks at embeddings that a pretraining takes on its way. */
import type { SettingSpec } from './setting-spec'

const looksByDefault = 10

export const looks: SettingSpec[] = [
  {
    key: 'lookEvery',
    label: 'Look at embeddings every',
    unit: 'steps',
    type: 'number',
    integer: true,
    default: ({ steps }) => Math.max(1, Math.round(Number(steps ?? 0) / looksByDefault)),
    min: 0,
    max: 1_000_000,
    source: 'our default',
    citation: 'Ten looks a run, and one before it; 0 is never. A look changes nothing of the run',
    advanced: true,
  },
  {
    key: 'lookSnippets',
    label: 'Snippets looked at',
    type: 'number',
    integer: true,
    default: 32,
    min: 1,
    max: 4096,
    source: 'our default',
    citation: 'Evenly spaced; 3 s from the middle of each, picture and every language',
    advanced: true,
  },
]
