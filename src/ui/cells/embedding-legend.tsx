/** What marks and colours stand for; each name shows its points alone. */
import { useState } from 'react'
import { Mark } from '../plots/scatter'

interface EmbeddingLegendProps {
  readonly by: string
  readonly names: readonly string[]
  /** The category shown alone. */
  readonly only: string | null
  readonly onChange: (only: string | null) => void
}

const shownAtFirst = 24

export function EmbeddingLegend({ by, names, only, onChange }: EmbeddingLegendProps) {
  const [all, setAll] = useState(false)
  const shown = all ? names : names.slice(0, shownAtFirst)
  return (
    <ul className="legend" aria-label={`Colours by ${by}`}>
      {shown.map((name, index) => (
        <li key={name}>
          <button
            type="button"
            className="ghost"
            aria-pressed={only === name}
            onClick={() => onChange(only === name ? null : name)}
          >
            <Mark category={index} />
            {name}
          </button>
        </li>
      ))}
      {names.length > shown.length ? (
        <li>
          <button type="button" className="ghost" onClick={() => setAll(true)}>
            {`${names.length - shown.length} more`}
          </button>
        </li>
      ) : null}
    </ul>
  )
}
