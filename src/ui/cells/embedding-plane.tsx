/** A plane of embeddings to look at: what it shows and how, the points, their neighbours, and those caught with a lasso. */
import { useMemo, useState } from 'react'
import type { EmbeddingRow } from '../../engine/api'
import { shownFile } from '../../notebook/samples'
import type { EmbeddingSpace } from '../../schema/embedding-space'
import type { Cell } from '../../schema/notebook'
import { DataTable } from '../plots/data-table'
import {
  categoriesOf,
  cloudOf,
  colouringsOf,
  type Embeddings,
  joinedDubs,
  paintedColouring,
  spacesOf,
  stillOf,
} from '../plots/embedding-points'
import { Scatter } from '../plots/scatter'
import { useObjectUrl } from '../use-object-url'
import { useSnippetSound } from '../use-snippet-sound'
import { EmbeddingLegend } from './embedding-legend'
import { EmbeddingSelection } from './embedding-selection'
import { NeighbourList } from './neighbour-list'
import { usePlane } from './use-plane'

const spaceNames: Readonly<Record<EmbeddingSpace, string>> = {
  joint: 'sound and picture (projections)',
  audio: 'sound (backbone)',
  video: 'picture (backbone)',
}

export function EmbeddingPlane({ cell, embeddings }: { cell: Cell; embeddings: Embeddings }) {
  const spaces = spacesOf(embeddings)
  const [wantedSpace, setSpace] = useState<EmbeddingSpace>('joint')
  const space = spaces.find((name) => name === wantedSpace) ?? spaces[0] ?? 'audio'
  const [wantedColour, setColour] = useState('scene')
  const [only, setOnly] = useState<string | null>(null)
  const [lines, setLines] = useState(true)
  const [chosenRow, setChosenRow] = useState<number | null>(null)
  const [caught, setCaught] = useState<ReadonlySet<number>>(new Set())
  const [painted, setPainted] = useState<ReadonlyMap<string, string>>(new Map())
  const colourings = colouringsOf(embeddings, painted)
  const by = colourings.find((name) => name === wantedColour) ?? 'scene'
  const { plane, method, setMethod, status } = usePlane(embeddings, space)
  const sound = useSnippetSound(cell)

  const categories = useMemo(() => categoriesOf(embeddings, by, painted), [embeddings, by, painted])
  const onlyIndex = only === null ? -1 : categories.names.indexOf(only)
  const cloud = useMemo(
    () => cloudOf(embeddings, space, plane, categories, onlyIndex < 0 ? null : onlyIndex),
    [embeddings, space, plane, categories, onlyIndex],
  )
  const joined = useMemo(() => (lines ? joinedDubs(embeddings, cloud) : []), [embeddings, cloud, lines])
  /** Selected rows as points of this cloud. */
  const chosen = useMemo(() => {
    if (caught.size === 0) return null
    return new Set([...cloud.rows.entries()].filter(([, row]) => caught.has(row)).map(([index]) => index))
  }, [caught, cloud])
  const row = chosenRow === null ? undefined : embeddings.rows[chosenRow]
  return (
    <div className="embedding-plane">
      <div>
        <div className="toolbar">
          <Choice label="View" value={space} options={spaces} names={spaceNames} onChange={setSpace} />
          <Choice label="Plane" value={method} options={['PCA', 'UMAP']} onChange={setMethod} />
          <Choice
            label="Colour"
            value={by}
            options={colourings}
            onChange={(next) => {
              setColour(next)
              setOnly(null)
            }}
          />
          <label>
            <input type="checkbox" checked={lines} onChange={(event) => setLines(event.target.checked)} /> Join dubs
          </label>
        </div>
        {status ? (
          <p className="note" role="status">
            {status}
          </p>
        ) : null}
        <Scatter
          cloud={cloud}
          joined={joined}
          chosen={chosen}
          label={`Embedding plane of ${spaceNames[space]}, coloured by ${by}`}
          caption={(index) => <PointCaption embeddings={embeddings} row={embeddings.rows[cloud.rows[index] ?? 0]} />}
          onHover={(index) => (index === null ? sound.stop() : sound.play(embeddings.rows[cloud.rows[index] ?? 0]))}
          onChoose={(index) => setChosenRow(cloud.rows[index] ?? null)}
          onLasso={(indices) => setCaught(new Set(indices.map((index) => cloud.rows[index] ?? 0)))}
        />
        <EmbeddingLegend by={by} names={categories.names} only={only} onChange={setOnly} />
        <p className="note">
          {method === 'PCA'
            ? 'First two principal components, each checkpoint laid on the one before. '
            : 'UMAP, 15 neighbours. '}
          Filled is sound, hollow is picture; a line joins the dubs of one snippet. Point at a clip to see and hear it,
          choose it for its neighbours, catch some with the lasso to list and label them.
        </p>
        <DataTable
          caption={`points of ${spaceNames[space]}`}
          columns={['file', 'from (s)', 'to (s)', 'modality', 'language', by, 'x', 'y']}
          rows={() =>
            Array.from(cloud.rows, (index, position) => {
              const entry = embeddings.rows[index]
              const place = (axis: 0 | 1) => Number((cloud.places[2 * position + axis] ?? 0).toFixed(3))
              const name = categories.names[categories.ofRow[index] ?? 0] ?? ''
              return entry
                ? [entry.file, entry.startS, entry.endS, entry.modality, entry.language, name, place(0), place(1)]
                : []
            })
          }
        />
      </div>
      <div className="stack">
        {row && chosenRow !== null ? (
          <NeighbourList
            embeddings={embeddings}
            space={space}
            row={chosenRow}
            onChoose={setChosenRow}
            onPlay={sound.play}
            onClose={() => setChosenRow(null)}
          />
        ) : null}
        {caught.size > 0 ? (
          <EmbeddingSelection
            embeddings={embeddings}
            caught={caught}
            painted={painted}
            onPaint={(next) => {
              setPainted(next)
              setColour(next.size > 0 ? paintedColouring : 'scene')
            }}
            onPlay={sound.play}
            onClose={() => setCaught(new Set())}
          />
        ) : null}
      </div>
    </div>
  )
}

interface ChoiceProps<T extends string> {
  readonly label: string
  readonly value: T
  readonly options: readonly T[]
  readonly names?: Readonly<Record<T, string>>
  readonly onChange: (value: T) => void
}

function Choice<T extends string>({ label, value, options, names, onChange }: ChoiceProps<T>) {
  return (
    <label>
      {label}
      <select
        value={value}
        onChange={(event) => onChange(options.find((option) => option === event.target.value) ?? value)}
      >
        {options.map((option) => (
          <option key={option} value={option}>
            {names?.[option] ?? option}
          </option>
        ))}
      </select>
    </label>
  )
}

function PointCaption({ embeddings, row }: { embeddings: Embeddings; row: EmbeddingRow | undefined }) {
  const still = useMemo(() => (row ? stillOf(embeddings, row) : null), [embeddings, row])
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
