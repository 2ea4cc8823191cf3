/** A row per title: still, length, languages, scenes, and what to know about its tracks. */

import { useState } from 'react'
import type { CorpusResult, Problem, TitleSummary } from '../../engine/api'
import { shownFile } from '../../notebook/samples'
import { LanguageChip } from '../language-chip'
import { ScrollBox } from '../scroll-box'
import { Still } from '../still'

/** More rows than this are shown a page at a time, so that 10,000 titles stay smooth. */
const page = 100
/** Offsets below this, in seconds, are nobody's problem. */
const noticeableS = 0.02

export function TitleTable({ result }: { result: CorpusResult }) {
  const [search, setSearch] = useState('')
  const [limit, setLimit] = useState(page)
  const wanted = search.trim().toLowerCase()
  const found = result.titles.filter(({ file }) => file.toLowerCase().includes(wanted))
  const known = new Set(result.titles.map(({ file }) => file))
  const elsewhere = result.problems.filter(({ file }) => !known.has(file))
  return (
    <>
      {result.titles.length > 12 ? (
        <div className="toolbar">
          <label>
            Search <input type="search" value={search} onChange={(event) => setSearch(event.target.value)} />
          </label>
          <span>
            {found.length} of {result.titles.length}
          </span>
        </div>
      ) : null}
      <ScrollBox label="Titles">
        <table>
          <thead>
            <tr>
              <th scope="col">
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
              <TitleRow key={title.file} title={title} problems={problemsOf(title, result.problems)} />
            ))}
            {elsewhere.map(({ file, message }) => (
              <tr key={`${file}: ${message}`}>
                <td />
                <td>
                  {shownFile(file)}
                  <span className="wide-hide note">{message}</span>
                </td>
                <td className="number quiet">–</td>
                <td className="quiet">not used</td>
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

interface TitleRowProps {
  readonly title: TitleSummary
  readonly problems: readonly Problem[]
}

function TitleRow({ title, problems }: TitleRowProps) {
  const languages = title.tracks.filter(({ kind }) => kind === 'audio')
  const scenes = [...new Set(title.segments.flatMap(({ labels }) => labels.scene ?? []))]
  const notes = [...offsets(title), ...problems.map(({ message }) => message)].join('; ')
  return (
    <>
      <tr>
        <td>
          <Still image={title.still} />
        </td>
        <td>{shownFile(title.file)}</td>
        <td className="number">{title.durationS.toFixed(1)} s</td>
        <td className="languages">
          {languages.map((track) => (
            <LanguageChip
              key={track.id}
              language={track.language}
              title={[
                track.codec,
                track.channels === undefined ? '' : `${track.channels} channels`,
                track.sampleRate === undefined ? '' : `${track.sampleRate} Hz`,
                track.language === title.originalLanguage ? 'original' : '',
              ]
                .filter(Boolean)
                .join(', ')}
            />
          ))}
        </td>
        <td className="narrow-hide">{scenes.join(', ')}</td>
        <td className="narrow-hide">{notes}</td>
      </tr>
      {notes ? (
        <tr className="wide-hide">
          <td colSpan={4}>{notes}</td>
        </tr>
      ) : null}
    </>
  )
}

const problemsOf = ({ file }: TitleSummary, problems: readonly Problem[]) =>
  problems.filter((problem) => problem.file === file)

/** `fr starts 0.20 s late`, against the title's first track. */
const offsets = ({ tracks }: TitleSummary): readonly string[] =>
  tracks
    .filter(({ kind, startS }) => kind === 'audio' && startS >= noticeableS)
    .map(({ language, startS }) => `${language} starts ${startS.toFixed(2)} s late`)
