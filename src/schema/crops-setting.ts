/** Which views of a frame are embedded (`spec/evaluation.md` section 1.2): one setting of every cell that embeds pictures. */
import type { SettingSpec } from './setting-spec'

export const cropsSetting: SettingSpec = {
  key: 'crops',
  label: 'Crops per frame',
  type: 'choice',
  default: '1',
  choices: ['1', '5'],
  source: "authors' code",
  citation: 'Five in the authors’ inference; 1 is quick and labelled so',
}
