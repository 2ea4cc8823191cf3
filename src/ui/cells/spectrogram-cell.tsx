/** One scene in all its languages, one under the other: the background stays, the speech changes (the paper's Fig. 4). */
import { type CSSProperties, type PointerEvent, useMemo, useState } from 'react'
import type { SpectrogramResult } from '../../engine/api'
import { ancestorsOf } from '../../notebook/graph'
import type { Cell } from '../../schema/notebook'
import { CellFrame } from '../cell-frame'
import { decibels } from '../format'
import { languageHue } from '../hues'
import { gradientOf } from '../plots/colour-maps'
import { DataTable } from '../plots/data-table'
import { SpectrogramCanvas } from '../plots/spectrogram-canvas'
import { useCellState, useSessionState } from '../session-context'
import { usePlayer } from '../use-player'
import { SpectrogramDifference } from './spectrogram-difference'

export function SpectrogramCell({ cell }: { cell: Cell }) {
  const { result } = useCellState(cell.id)
  const notebook = useSessionState((state) => state.notebook)
  const corpusId = ancestorsOf(notebook, cell.id).findLast(({ kind }) => kind === 'corpus')?.id
  const corpus = useSessionState(({ cells }) => (corpusId === undefined ? undefined : cells[corpusId]?.result))
  const titles = corpus?.kind === 'corpus' ? corpus.titles.map(({ file }) => file) : []
  return (
    <CellFrame cell={cell} choices={titles.length > 0 ? { title: ['', ...titles] } : undefined}>
      {result?.kind === 'spectrogram' ? (
        <Spectrograms result={result} />
      ) : (
        <p className="empty">The sound of one scene, a row per language.</p>
      )}
    </CellFrame>
  )
}

/** Quieter than this under the loudest value, in dB, is drawn black. */
const shownRangeDb = 80

function Spectrograms({ result }: { result: SpectrogramResult }) {
  const { rows, bands, frames, startS, durationS, metrics } = result
  const [pointed, setPointed] = useState<number | null>(null)
  const [difference, setDifference] = useState(false)
  const sounds = useMemo(() => rows.map(({ samples }) => samples), [rows])
  const player = usePlayer(sounds)
  const low = Math.max(metrics.minDb, metrics.maxDb - shownRangeDb)
  const cursorS = player.positionS ?? pointed
  const share = cursorS === null ? null : Math.min(1, cursorS / durationS)
  const timeAt = (event: PointerEvent<HTMLElement>): number | null => {
    const box = event.currentTarget.querySelector('canvas')?.getBoundingClientRect()
    if (!box) return null
    const at = ((event.clientX - box.left) / box.width) * durationS
    return at >= 0 && at <= durationS ? at : null
  }
  return (
    <>
      <div className="toolbar">
        <button type="button" onClick={() => (player.playing ? player.stop() : player.play())}>
          {player.playing ? '■ Silence' : '▶ Play'}
        </button>
        {rows.length > 1 ? (
          <button type="button" className="ghost" aria-pressed={difference} onClick={() => setDifference(!difference)}>
            Difference
          </button>
        ) : null}
        <span className="push">
          {decibels(low)} <span className="colour-bar" style={{ background: gradientOf('magma') }} aria-hidden="true" />{' '}
          {decibels(metrics.maxDb)}
        </span>
      </div>
      <div
        className="spectrograms"
        style={{ '--cursor': share ?? 0 } as CSSProperties}
        onPointerMove={(event) => setPointed(timeAt(event))}
        onPointerLeave={() => setPointed(null)}
        onPointerDown={(event) => {
          const from = event.target instanceof HTMLCanvasElement ? timeAt(event) : null
          if (from !== null) player.play(from)
        }}
      >
        {rows.map(({ language, mel }, index) => (
          <div key={language} className="spectrogram-row">
            <button
              type="button"
              style={{ color: `var(${languageHue(language)})` }}
              aria-pressed={player.heard === index}
              aria-label={`Hear ${language}`}
              onClick={() => player.hear(index)}
            >
              {language}
            </button>
            <div className="spectrogram-picture">
              <SpectrogramCanvas
                values={mel}
                bands={bands}
                frames={frames}
                low={low}
                high={metrics.maxDb}
                map="magma"
                label={`Spectrogram of ${language}, ${durationS.toFixed(1)} s`}
              />
              {share === null ? null : <i className="spectrogram-cursor" />}
            </div>
          </div>
        ))}
        {difference ? <SpectrogramDifference result={result} cursor={share} /> : null}
      </div>
      <div className="time-axis" aria-hidden="true">
        {[0, 1 / 3, 2 / 3, 1].map((at) => (
          <span key={at}>{(startS + at * durationS).toFixed(1)} s</span>
        ))}
      </div>
      <p className="note">
        {`Mel scale, 0 to 24 kHz, ${bands} bands. ${cursorS === null ? 'Click to play from there; the letters choose which language is heard.' : `${(startS + cursorS).toFixed(2)} s`}`}
      </p>
      <DataTable
        caption="Mean level by language, in tenths of the scene, dB"
        columns={['from (s)', ...rows.map(({ language }) => language)]}
        rows={() => levels(result)}
      />
    </>
  )
}

/** Mean over bands of every tenth of the window. */
function levels({ rows, bands, frames, startS, durationS }: SpectrogramResult): readonly (readonly number[])[] {
  return Array.from({ length: 10 }, (_, tenth) => {
    const from = Math.floor((tenth * frames) / 10)
    const to = Math.floor(((tenth + 1) * frames) / 10)
    const means = rows.map(({ mel }) => {
      let sum = 0
      for (let band = 0; band < bands; band++)
        for (let frame = from; frame < to; frame++) sum += mel[band * frames + frame] ?? 0
      return Number((sum / (bands * Math.max(1, to - from))).toFixed(1))
    })
    return [Number((startS + (tenth * durationS) / 10).toFixed(2)), ...means]
  })
}
