/** How embeddings lie: the language gap, alignment and uniformity, and how far two languages are apart. */
import type { EmbedResult } from '../../engine/api'
import type { StructureScore } from '../../schema/embedding-metrics'
import { DataTable } from '../plots/data-table'
import { ScrollBox } from '../scroll-box'

const names: Readonly<Record<StructureScore['space'], string>> = {
  audio: 'sound (backbone)',
  video: 'picture (backbone)',
  projection: 'sound (projections)',
}
const shown = (value: number | null, digits = 3) => (value === null ? '–' : value.toFixed(digits).replace('-', '−'))

export function StructureTable({ result }: { result: EmbedResult }) {
  const { structure, pictureSoundAlignment } = result.metrics
  const columns = ['Space', 'dubs of a snippet', 'two snippets', 'language gap', 'alignment', 'uniformity', 'n']
  const pairs = structure.flatMap(({ space, pairs }) =>
    pairs.map(({ languages, distance }) => [names[space], languages.join(' – '), Number(distance.toFixed(4))]),
  )
  return (
    <div>
      <ScrollBox label="Structure of the embeddings">
        <table>
          <thead>
            <tr>
              {columns.map((column, index) => (
                <th key={column} scope="col" className={index > 0 ? 'number' : undefined}>
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {structure.map((score) => (
              <tr key={score.space}>
                <th scope="row">{names[score.space]}</th>
                <td className="number">{shown(score.dubDistance)}</td>
                <td className="number">{shown(score.snippetDistance)}</td>
                <td className="number">{shown(score.languageGap, 2)}</td>
                <td className="number">{shown(score.alignment)}</td>
                <td className="number">{shown(score.uniformity, 2)}</td>
                <td className="number quiet">{score.n}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
      <p className="note">
        Mean cosine distances; the gap is their ratio, 0 where dubs lie together and 1 where a language counts as much
        as a scene. Alignment and uniformity as Wang and Isola (2020) define them, of the dubs; lower is better.
        {pictureSoundAlignment === null ? '' : ` Pictures and their sounds: alignment ${shown(pictureSoundAlignment)}.`}
      </p>
      {pairs.length > 0 ? (
        <DataTable
          caption="distance of two languages"
          columns={['space', 'languages', 'cosine distance']}
          rows={() => pairs}
        />
      ) : null}
    </div>
  )
}
