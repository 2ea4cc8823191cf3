/** What one language has and another has not: where the dub differs, and where the background shines through. */
import { useMemo, useState } from 'react'
import type { SpectrogramResult } from '../../engine/api'
import { gradientOf } from '../plots/colour-maps'
import { SpectrogramCanvas } from '../plots/spectrogram-canvas'

/** Differences beyond this, in dB, take the end colours. */
const rangeDb = 30

interface SpectrogramDifferenceProps {
  readonly result: SpectrogramResult
  /** Share of the window, 0 to 1. */
  readonly cursor: number | null
}

export function SpectrogramDifference({ result, cursor }: SpectrogramDifferenceProps) {
  const languages = result.rows.map(({ language }) => language)
  const [first, setFirst] = useState(languages[0] ?? '')
  const [second, setSecond] = useState(languages[1] ?? '')
  const values = useMemo(() => {
    const a = result.rows.find(({ language }) => language === first)?.mel
    const b = result.rows.find(({ language }) => language === second)?.mel
    // Far below the loudest value there is only numerical silence, whose differences mean nothing.
    const floor = result.metrics.maxDb - 80
    return a && b ? a.map((value, index) => Math.max(value, floor) - Math.max(b[index] ?? floor, floor)) : null
  }, [result, first, second])
  const choose = (label: string, value: string, change: (language: string) => void) => (
    <select aria-label={label} value={value} onChange={(event) => change(event.target.value)}>
      {languages.map((language) => (
        <option key={language}>{language}</option>
      ))}
    </select>
  )
  return (
    <>
      <div className="spectrogram-row">
        <span className="quiet">diff</span>
        <div className="spectrogram-picture">
          {values ? (
            <SpectrogramCanvas
              values={values}
              bands={result.bands}
              frames={result.frames}
              low={-rangeDb}
              high={rangeDb}
              map="difference"
              label={`Difference of ${first} and ${second}`}
            />
          ) : null}
          {cursor === null ? null : <i className="spectrogram-cursor" />}
        </div>
      </div>
      <div className="toolbar">
        {choose('Language', first, setFirst)} minus {choose('Language to subtract', second, setSecond)}
        <span className="push">
          −{rangeDb} dB{' '}
          <span className="colour-bar" style={{ background: gradientOf('difference') }} aria-hidden="true" /> +{rangeDb}{' '}
          dB
        </span>
      </div>
    </>
  )
}
