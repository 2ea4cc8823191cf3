/** Runs of this notebook beside the paper's numbers: tables as its Tables 2 to 4, differences of runs, exports. */
import { useMemo, useState } from 'react'
import { exportTable, type TableFormat } from '../../notebook/paper/export-table'
import { hasPaperTasks, resultsTable, type TableModality } from '../../notebook/paper/results-table'
import { download } from '../download'
import { DifferenceTable } from './difference-table'
import { ResultsTable } from './results-table'
import { useShownRuns } from './shown-runs'

const formats: readonly (readonly [TableFormat, string, string])[] = [
  ['csv', 'CSV', 'results.csv'],
  ['markdown', 'Markdown', 'results.md'],
  ['latex', 'LaTeX', 'results.tex'],
]
const modalityNames: Readonly<Record<TableModality, string>> = {
  audio: 'Embeddings of sound: Tables 2 and 3',
  video: 'Embeddings of pictures: Tables 4 and 3',
}

export default function ResultsSection() {
  const runs = useShownRuns()
  const [modality, setModality] = useState<TableModality>('audio')
  const table = useMemo(() => resultsTable(runs, modality), [runs, modality])
  const own = runs.filter((run) => hasPaperTasks(run, modality))
  return (
    <details className="results">
      <summary>Beside the paper</summary>
      <div className="toolbar">
        <label>
          Table
          <select
            value={modality}
            onChange={(event) => setModality(event.target.value === 'video' ? 'video' : 'audio')}
          >
            {(['audio', 'video'] as const).map((name) => (
              <option key={name} value={name}>
                {modalityNames[name]}
              </option>
            ))}
          </select>
        </label>
        {formats.map(([format, label, name]) => (
          <button
            key={format}
            type="button"
            aria-label={`Download this table as ${label}`}
            onClick={() => download(new Blob([exportTable(table, format)], { type: 'text/plain' }), name)}
          >
            {label}
          </button>
        ))}
      </div>
      {own.length === 0 ? (
        <p className="note">
          No run of this notebook has one of these tasks yet: give a probe cell a HEAR task’s folder or LVU’s splits and
          clips.
        </p>
      ) : null}
      <ResultsTable table={table} />
      <p className="note">
        Percent. Grey rows are printed in the paper; its runs saw 4.6 to 19.4 M snippets of films and TV episodes. Bold
        is the best of a column among the rows of its block. The sign under a column is what dub augmentation did in
        both of the paper’s fair comparisons (A.4 − A.3, B.4 − B.3). Brackets are 95 % Wilson intervals, ± the deviation
        over folds. LVU rows of Table 3 differ from Table 4 for the same models, and the paper does not say why: compare
        linear probes with Table 4.
      </p>
      <DifferenceTable runs={own} modality={modality} />
    </details>
  )
}
