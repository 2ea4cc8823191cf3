/** A row per title, to look through and to choose from: what is chosen has its soundtracks edited together. */

import { lazy, Suspense, useMemo, useState } from 'react'
import type { CorpusResult, TitleSummary } from '../../engine/api'
import { shownFile } from '../../notebook/samples'
import type { Cell } from '../../schema/notebook'
import { ScrollBox } from '../scroll-box'
import { editsByTrack, soundsOf } from './edited-sounds'
import { TitleRow } from './title-row'
import { VideoChoice } from './video-choice'

/** Loaded when somebody edits. */
const TrackEditor = lazy(() => import('./track-editor'))

/** More rows than this are shown a page at a time, so that 10,000 titles stay smooth. */
const page = 100

export function TitleTable({ cell, result }: { cell: Cell; result: CorpusResult }) {
  const [search, setSearch] = useState('')
  const [limit, setLimit] = useState(page)
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [editing, setEditing] = useState(false)
  const edits = useMemo(() => editsByTrack(cell.tracks ?? []), [cell.tracks])
  const wanted = search.trim().toLowerCase()
  const found = result.titles.filter(({ file }) => file.toLowerCase().includes(wanted))
  const known = new Set(result.titles.map(({ file }) => file))
  const elsewhere = result.problems.filter(({ file }) => !known.has(file))
  const problems = Map.groupBy(result.problems, ({ file }) => file)
  const titles = useMemo(() => result.titles.filter(({ file }) => chosen.has(file)), [result, chosen])
  const choose = (some: readonly TitleSummary[], isChosen: boolean) => {
    const files = new Set(some.map(({ file }) => file))
    setChosen(isChosen ? chosen.union(files) : chosen.difference(files))
  }
  return (
    <>
      <div className="toolbar">
        {result.titles.length > 12 ? (
          <>
            <label>
              Search <input type="search" value={search} onChange={(event) => setSearch(event.target.value)} />
            </label>
            <span>
              {found.length} of {result.titles.length}
            </span>
          </>
        ) : null}
        <label>
          <input
            type="checkbox"
            checked={found.length > 0 && found.every(({ file }) => chosen.has(file))}
            onChange={(event) => choose(found, event.target.checked)}
          />
          Choose all
        </label>
        <button
          type="button"
          aria-expanded={editing && titles.length > 0}
          disabled={titles.length === 0}
          onClick={() => setEditing(!editing)}
        >
          {titles.length === 0 ? 'Edit or align tracks' : `Edit or align tracks of ${titles.length}`}
        </button>
      </div>
      {editing && titles.length > 0 ? (
        <Suspense fallback={<p className="note">Loading the editor…</p>}>
          <TrackEditor cellId={cell.id} titles={titles} edits={edits} onClose={() => setEditing(false)} />
        </Suspense>
      ) : null}
      <ScrollBox label="Titles">
        <table>
          <thead>
            <tr>
              <th scope="col" className="pick">
                <span className="visually-hidden">Chosen</span>
              </th>
              <th scope="col" className="pick">
                <span className="visually-hidden">Still</span>
              </th>
              <th scope="col">Title</th>
              <th scope="col" className="number">
                Length
              </th>
              <th scope="col">Languages</th>
              <th scope="col" className="narrow-hide">
                Scenes
              </th>
              <th scope="col" className="narrow-hide">
                Notes
              </th>
            </tr>
          </thead>
          <tbody>
            {found.slice(0, limit).map((title) => (
              <TitleRow
                key={title.file}
                title={title}
                sounds={soundsOf(title, edits)}
                problems={problems.get(title.file) ?? []}
                chosen={chosen.has(title.file)}
                onChoose={(isChosen) => choose([title], isChosen)}
              />
            ))}
            {elsewhere.map(({ file, message, unassigned }) => (
              <tr key={`${file}: ${message}`}>
                <td />
                <td />
                <td>
                  {shownFile(file)}
                  <span className="wide-hide note">{message}</span>
                </td>
                <td className="number quiet">–</td>
                <td className="quiet">
                  {unassigned === undefined || result.titles.length === 0 ? (
                    'not used'
                  ) : (
                    <VideoChoice cellId={cell.id} sound={unassigned} videos={result.titles.map(({ file }) => file)} />
                  )}
                </td>
                <td className="narrow-hide" />
                <td className="narrow-hide">{message}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
      {found.length > limit ? (
        <button type="button" className="ghost" onClick={() => setLimit(limit + 10 * page)}>
          Show more
        </button>
      ) : null}
    </>
  )
}
