/** Where the clips came to lie: a plane to look at, and how well sound finds its picture. */
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import type { EmbeddingRow, EmbedResult } from '../../engine/api'
import { ancestorsOf } from '../../notebook/graph'
import { shownFile } from '../../notebook/samples'
import type { Cell } from '../../schema/notebook'
import { CellFrame } from '../cell-frame'
import { Player } from '../player'
import { DataTable } from '../plots/data-table'
import {
  type Colouring,
  categoriesOf,
  colourings,
  joinedDubs,
  pointsOf,
  stillOf,
  type View,
  viewsOf,
} from '../plots/embedding-points'
import { Mark, Scatter } from '../plots/scatter'
import { useCellState, useSession, useSessionState } from '../session-context'
import { useObjectUrl } from '../use-object-url'
import { RetrievalTable } from './retrieval-table'

export function EmbedCell({ cell }: { cell: Cell }) {
  const { result } = useCellState(cell.id)
  return (
    <CellFrame cell={cell}>
      {result?.kind === 'embed' ? (
        <div className="two">
          <EmbeddingPlane cell={cell} result={result} />
          <RetrievalTable result={result} />
        </div>
      ) : (
        <p className="empty">One point per clip and language, and how often sound finds its picture.</p>
      )}
    </CellFrame>
  )
}

const viewNames: Readonly<Record<View, string>> = {
  joint: 'sound and picture (projections)',
  audio: 'sound (backbone)',
  video: 'picture (backbone)',
}

function EmbeddingPlane({ cell, result }: { cell: Cell; result: EmbedResult }) {
  const views = viewsOf(result)
  const [chosen, setView] = useState<View>('joint')
  const view = views.find((name) => name === chosen) ?? views[0] ?? 'audio'
  const [by, setBy] = useState<Colouring>('scene')
  const [only, setOnly] = useState<string | null>(null)
  const play = useSnippetSound(cell)
  const categories = useMemo(() => categoriesOf(result, by), [result, by])
  const points = useMemo(() => pointsOf(result, view, by, only), [result, view, by, only])
  const joined = useMemo(() => joinedDubs(result, points), [result, points])
  return (
    <div>
      <div className="toolbar">
        <label>
          View
          <select value={view} onChange={(event) => setView(views.find((name) => name === event.target.value) ?? view)}>
            {views.map((name) => (
              <option key={name} value={name}>
                {viewNames[name]}
              </option>
            ))}
          </select>
        </label>
        <label>
          Colour
          <select
            value={by}
            onChange={(event) => {
              setBy(colourings.find((name) => name === event.target.value) ?? by)
              setOnly(null)
            }}
          >
            {colourings.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      </div>
      <Scatter
        points={points}
        joined={joined}
        label={`Embedding plane of ${viewNames[view]}, coloured by ${by}`}
        caption={({ row }) => <PointCaption result={result} row={result.rows[row]} />}
        onChoose={({ row }) => play(result.rows[row])}
      />
      <ul className="legend" aria-label={`Colours by ${by}`}>
        {categories.map((category, index) => (
          <li key={category}>
            <button
              type="button"
              className="ghost"
              aria-pressed={only === category}
              onClick={() => setOnly(only === category ? null : category)}
            >
              <Mark category={index} />
              {category}
            </button>
          </li>
        ))}
      </ul>
      <p className="note">
        First two principal components. Filled is sound, hollow is picture; a line joins the dubs of one snippet. Hover
        shows a clip, a click plays it.
      </p>
      <DataTable
        caption={`Points of ${viewNames[view]}`}
        columns={['file', 'from (s)', 'to (s)', 'modality', 'language', 'scene', 'x', 'y']}
        rows={() =>
          points.flatMap(({ row, x, y }) => {
            const entry = result.rows[row]
            if (!entry) return []
            const { file, startS, endS, modality, language, scene } = entry
            return [[file, startS, endS, modality, language, scene, Number(x.toFixed(3)), Number(y.toFixed(3))]]
          })
        }
      />
    </div>
  )
}

function PointCaption({ result, row }: { result: EmbedResult; row: EmbeddingRow | undefined }) {
  const still = useMemo(() => (row ? stillOf(result, row) : null), [result, row])
  const url = useObjectUrl(still)
  if (!row) return null
  return (
    <>
      {url ? <img src={url} alt="" /> : null}
      {shownFile(row.file)} · {row.startS.toFixed(1)}–{row.endS.toFixed(1)} s
      <br />
      {[row.modality, row.language, row.scene].filter(Boolean).join(' · ')}
    </>
  )
}

/** Plays a row's sound, kept once fetched; the picture plays the original language's or whichever is first. */
function useSnippetSound(cell: Cell): (row: EmbeddingRow | undefined) => void {
  const session = useSession()
  const queries = useQueryClient()
  const notebook = useSessionState((state) => state.notebook)
  const corpusId = ancestorsOf(notebook, cell.id).findLast(({ kind }) => kind === 'corpus')?.id
  const corpus = useSessionState(({ cells }) => (corpusId === undefined ? undefined : cells[corpusId]))
  const player = useMemo(() => new Player(), [])
  useEffect(() => () => void player.close(), [player])
  return (row) => {
    if (!row || corpusId === undefined || corpus?.result?.kind !== 'corpus') return
    const title = corpus.result.titles.find(({ file }) => file === row.file)
    const language = row.language || title?.originalLanguage || ''
    queries
      .fetchQuery({
        queryKey: ['sound', corpus.hash, row.file, language, row.startS, row.endS],
        queryFn: () => session.sound(corpusId, row.file, language, row.startS, row.endS),
      })
      .then(
        (samples) => player.play([samples], 0, 0, () => undefined),
        (cause: unknown) => console.warn(`${row.file} could not be played.`, cause),
      )
  }
}
