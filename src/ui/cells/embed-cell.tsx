/** Where the clips came to lie, while training goes on and after it; and how well sound and picture find each other. */
import { useMemo, useState } from 'react'
import type { EmbedResult, Looks } from '../../engine/api'
import { isActive } from '../../notebook/cell-state'
import { ancestorsOf } from '../../notebook/graph'
import type { Cell } from '../../schema/notebook'
import { CellFrame } from '../cell-frame'
import type { Embeddings } from '../plots/embedding-points'
import { useCellState, useSessionState } from '../session-context'
import { EmbeddingDownloads } from './embedding-downloads'
import { EmbeddingPlane } from './embedding-plane'
import { LooksTable } from './looks-table'
import { RetrievalTable } from './retrieval-table'
import { StructureTable } from './structure-table'

export function EmbedCell({ cell }: { cell: Cell }) {
  const { result, hash = '' } = useCellState(cell.id)
  const looks = useLooks(cell)
  const own = result?.kind === 'embed' ? result : null
  const stops = useMemo(() => stopsOf(looks, own, hash), [looks, own, hash])
  const [chosen, setChosen] = useState<number | null>(null)
  // Left alone, the slider stays at its end, where new looks appear.
  const position = Math.min(chosen ?? stops.length - 1, stops.length - 1)
  const embeddings = stops[position]
  return (
    <CellFrame cell={cell}>
      {embeddings ? (
        <>
          {stops.length > 1 ? (
            <StepSlider
              stops={stops}
              position={position}
              onChange={(next) => setChosen(next === stops.length - 1 ? null : next)}
            />
          ) : null}
          <EmbeddingPlane cell={cell} embeddings={embeddings} />
          <div className="stack">
            {own ? (
              <>
                <RetrievalTable result={own} />
                <StructureTable result={own} />
              </>
            ) : null}
            {looks ? <LooksTable looks={looks} /> : null}
            {own ? <EmbeddingDownloads cell={cell} /> : null}
          </div>
        </>
      ) : (
        <p className="empty">
          One point per clip and language, and how often sound finds its picture. While a training runs, points of a few
          clips appear here and move.
        </p>
      )}
    </CellFrame>
  )
}

/** Looks at the training above: as it goes on, or those of its result. */
function useLooks(cell: Cell): Looks | null {
  const notebook = useSessionState((state) => state.notebook)
  const pretrainId = ancestorsOf(notebook, cell.id).findLast(({ kind }) => kind === 'pretrain')?.id
  const state = useSessionState(({ cells }) => (pretrainId === undefined ? undefined : cells[pretrainId]))
  if (!state) return null
  if (isActive(state)) return state.progress?.looks ?? null
  return state.result?.kind === 'pretrain' ? (state.result.looks ?? null) : null
}

function stopsOf(looks: Looks | null, own: EmbedResult | null, hash: string): readonly Embeddings[] {
  const taken = (looks?.taken ?? []).map(
    ({ step, planes }): Embeddings => ({
      hash: looks?.hash ?? '',
      step,
      planes,
      rows: looks?.rows ?? [],
      stills: looks?.stills ?? [],
    }),
  )
  const final = own ? [{ hash, step: null, rows: own.rows, stills: own.stills, planes: own.planes }] : []
  return [...taken, ...final]
}

interface StepSliderProps {
  readonly stops: readonly Embeddings[]
  readonly position: number
  readonly onChange: (position: number) => void
}

function StepSlider({ stops, position, onChange }: StepSliderProps) {
  const nameOf = (stop: Embeddings | undefined) =>
    stop?.step === null ? 'trained, whole snippets' : `after ${stop?.step ?? 0} steps, 3 s of each snippet`
  return (
    <label className="step-slider">
      Checkpoint
      <input
        type="range"
        min={0}
        max={stops.length - 1}
        value={position}
        aria-valuetext={nameOf(stops[position])}
        onChange={(event) => onChange(Number(event.target.value))}
      />
      <output>{nameOf(stops[position])}</output>
    </label>
  )
}
