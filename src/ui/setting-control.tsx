/** One setting: label, unit, control, where its default comes from, and a way back to it. */
import { useId, useState } from 'react'
import { shownFile } from '../notebook/samples'
import type { SettingValue } from '../schema/notebook'
import type { SettingSpec } from '../schema/setting-spec'
import { TypedField } from './typed-field'

export interface SettingControlProps {
  readonly spec: SettingSpec
  readonly value: SettingValue
  readonly defaultValue: SettingValue
  readonly changed: boolean
  /** Names to choose from instead of typing one; the empty one stands for the default. */
  readonly choices?: readonly string[]
  /** @throws when the value is not allowed, saying what is. */
  readonly onChange: (value: SettingValue) => void
  readonly onReset: () => void
}

export function SettingControl({
  spec,
  value,
  defaultValue,
  changed,
  choices,
  onChange,
  onReset,
}: SettingControlProps) {
  const id = useId()
  const [complaint, setComplaint] = useState('')
  const commit = (next: SettingValue) => {
    try {
      onChange(next)
      setComplaint('')
    } catch (cause) {
      setComplaint(cause instanceof Error ? cause.message : String(cause))
    }
  }
  const common = { id, 'aria-describedby': `${id}-source`, 'aria-invalid': complaint !== '' }
  const offered = spec.type === 'choice' ? spec.choices : choices
  return (
    <div className="field">
      <label id={`${id}-label`} htmlFor={id}>
        {spec.label}
        {spec.unit ? <span className="unit">{spec.unit}</span> : null}
      </label>
      <div className="control">
        {spec.type === 'boolean' ? (
          <input
            {...common}
            type="checkbox"
            checked={value === true}
            onChange={(event) => commit(event.target.checked)}
          />
        ) : offered ? (
          <select {...common} value={String(value)} onChange={(event) => commit(event.target.value)}>
            {spec.type === 'choice' && value === '' ? <option value="">choose…</option> : null}
            {offered.map((choice) => (
              <option key={choice} value={choice}>
                {choice === '' ? 'the first one' : shownFile(choice)}
              </option>
            ))}
          </select>
        ) : (
          <TypedField {...common} value={String(value ?? '')} numeric={spec.type === 'number'} onCommit={commit} />
        )}
        {changed ? (
          <button
            type="button"
            className="ghost reset"
            aria-label={`Reset to ${defaultValue === '' ? 'empty' : defaultValue}`}
            aria-describedby={`${id}-label`}
            title={`Back to ${defaultValue === '' ? 'empty' : defaultValue}`}
            onClick={() => {
              setComplaint('')
              onReset()
            }}
          >
            ↺
          </button>
        ) : null}
      </div>
      <small id={`${id}-source`}>
        <span className={complaint ? 'complaint' : undefined} role={complaint ? 'alert' : undefined}>
          {complaint || `${spec.source}: ${spec.citation}`}
        </span>
      </small>
    </div>
  )
}
