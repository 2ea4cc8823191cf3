/** All settings of a cell, made from the one table of settings; the rarely touched ones folded away. */
import type { ReactNode } from 'react'
import type { ToldSetting } from '../notebook/recognised-rows'
import { type Cell, holdsWeights } from '../schema/notebook'
import type { SettingSpec } from '../schema/setting-spec'
import { defaultOf, settingsOf, specsOf } from '../schema/settings'
import { useSession } from './session-context'
import { SettingControl } from './setting-control'
import { useMediaQuery } from './use-media-query'

interface SettingsPanelProps {
  readonly cell: Cell
  /** For text settings that name something: the names there are. */
  readonly choices?: Readonly<Record<string, readonly string[]>>
  /** Shown, but not to be changed. */
  readonly told?: readonly ToldSetting[]
  /** Keys that are left out. */
  readonly without?: readonly string[]
}

export function SettingsPanel({ cell, choices = {}, told = [], without = [] }: SettingsPanelProps) {
  const session = useSession()
  const settings = settingsOf(cell)
  const control = (spec: SettingSpec) => {
    const { [spec.key]: _, ...others } = cell.settings
    const defaultValue = defaultOf(spec, settingsOf({ ...cell, settings: others }), holdsWeights(cell))
    return (
      <SettingControl
        key={spec.key}
        spec={spec}
        value={settings[spec.key] ?? null}
        defaultValue={defaultValue}
        changed={settings[spec.key] !== defaultValue}
        choices={choices[spec.key]}
        onChange={(value) => session.setSetting(cell.id, spec.key, value)}
        onReset={() => session.resetSetting(cell.id, spec.key)}
      />
    )
  }
  const specs = specsOf(cell).filter(({ key }) => !without.includes(key))
  const advanced = specs.filter((spec) => spec.advanced)
  const isChanged = advanced.some(({ key }) => cell.settings[key] !== undefined)
  return (
    <Foldable>
      {specs.filter((spec) => !spec.advanced).map(control)}
      {told.length > 0 ? (
        <dl className="told" aria-label="Read from the shapes of the weights">
          {told.map(({ label, value }) => (
            <div key={label} className="told-row">
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      ) : null}
      {advanced.length > 0 ? (
        <details>
          <summary>
            More settings
            {isChanged ? ' (some changed)' : ''}
          </summary>
          <div>{advanced.map(control)}</div>
        </details>
      ) : null}
    </Foldable>
  )
}

/** On a phone, where settings would stand between one and the result, they are folded away at first. */
function Foldable({ children }: { children: ReactNode }) {
  const narrow = useMediaQuery('(max-width: 760px)')
  if (!narrow)
    return (
      <div className="settings">
        <div>{children}</div>
      </div>
    )
  return (
    <details className="settings">
      <summary>Settings</summary>
      <div>{children}</div>
    </details>
  )
}
