/** How often the nearest neighbour across modalities is the right one, beside chance. */
import type { EmbedResult } from '../../engine/api'
import { wilsonInterval } from '../../notebook/statistics'
import { interval, score } from '../format'

export function RetrievalTable({ result }: { result: EmbedResult }) {
  const { metrics, rows } = result
  const sounds = rows.filter(({ modality }) => modality === 'audio').length
  const row = (name: string, value: number, queries: number) => (
    <tr>
      <th scope="row">{name}</th>
      <td className="number">
        <span className={value > metrics.chanceR1 ? 'best' : undefined}>{score(value)}</span>{' '}
        <span className="quiet interval">{interval(wilsonInterval(value, queries))}</span>
      </td>
      <td className="number quiet">{queries}</td>
    </tr>
  )
  return (
    <div>
      <table>
        <thead>
          <tr>
            <th scope="col">Retrieval</th>
            <th scope="col" className="number">
              R@1
            </th>
            <th scope="col" className="number">
              Queries
            </th>
          </tr>
        </thead>
        <tbody>
          {row('audio → video', metrics.retrievalAudioToVideoR1, sounds)}
          {row('video → audio', metrics.retrievalVideoToAudioR1, rows.length - sounds)}
          <tr>
            <th scope="row" className="quiet">
              chance
            </th>
            <td className="number quiet">{score(metrics.chanceR1)}</td>
            <td />
          </tr>
        </tbody>
      </table>
      <p className="note">
        {`In brackets the 95 % Wilson interval. Embeddings have ${metrics.dimension} dimensions, from ${metrics.crops === 1 ? '1 crop (quick)' : `${metrics.crops} crops`} per frame.`}
      </p>
    </div>
  )
}
