/** All settings of a cell, made from the one table of settings; the rarely touched ones folded away. */
import type { Cell } from '../schema/notebook'
import { completeSettings, defaultOf, type SettingSpec, settingSpecs } from '../schema/settings'
import { useSession } from './session-context'
import { SettingControl } from './setting-control'

interface SettingsPanelProps {
  readonly cell: Cell
  /** For text settings that name something: the names there are. */
  readonly choices?: Readonly<Record<string, readonly string[]>>
}

export function SettingsPanel({ cell, choices = {} }: SettingsPanelProps) {
  const session = useSession()
  const settings = completeSettings(cell.kind, cell.settings)
  const control = (spec: SettingSpec) => {
    const { [spec.key]: given, ...others } = cell.settings
    return (
      <SettingControl
        key={spec.key}
        spec={spec}
        value={settings[spec.key] ?? null}
        defaultValue={defaultOf(spec, completeSettings(cell.kind, others))}
        changed={given !== undefined}
        choices={choices[spec.key]}
        onChange={(value) => session.setSetting(cell.id, spec.key, value)}
        onReset={() => session.resetSetting(cell.id, spec.key)}
      />
    )
  }
  const specs = settingSpecs[cell.kind]
  const advanced = specs.filter((spec) => spec.advanced)
  const isChanged = advanced.some(({ key }) => cell.settings[key] !== undefined)
  return (
    <div className="settings">
      {specs.filter((spec) => !spec.advanced).map(control)}
      {advanced.length > 0 ? (
        <details>
          <summary>
            More settings
            {isChanged ? ' (some changed)' : ''}
          </summary>
          <div>{advanced.map(control)}</div>
        </details>
      ) : null}
    </div>
  )
}
