/** How often the nearest neighbour across modalities is the right one, beside chance. */
import type { EmbedResult } from '../../engine/api'
import { wilsonInterval } from '../../schema/intervals'
import { interval, score } from '../format'

export function RetrievalTable({ result }: { result: EmbedResult }) {
  const { metrics, rows } = result
  const { retrievalAudioToVideoR1, retrievalVideoToAudioR1, chanceR1 } = metrics
  const note = `Embeddings have ${metrics.dimension} dimensions, from ${metrics.crops === 1 ? '1 crop (quick)' : `${metrics.crops} crops`} per frame.`
  if (retrievalAudioToVideoR1 === null || retrievalVideoToAudioR1 === null || chanceR1 === null)
    return (
      <p className="note">
        {`The weights hold no projection heads, so sound and picture share no space and none retrieves the other. ${note}`}
      </p>
    )
  // Dubs of one snippet are no independent observations: what is counted are snippets.
  const snippets = rows.filter(({ modality }) => modality === 'video').length
  const row = (name: string, value: number) => (
    <tr>
      <th scope="row">{name}</th>
      <td className="number">
        <span className={value > chanceR1 ? 'best' : undefined}>{score(value)}</span>{' '}
        <span className="quiet interval">{interval(wilsonInterval(value, snippets))}</span>
      </td>
      <td className="number quiet">{snippets}</td>
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
              Snippets
            </th>
          </tr>
        </thead>
        <tbody>
          {row('audio → video', retrievalAudioToVideoR1)}
          {row('video → audio', retrievalVideoToAudioR1)}
          <tr>
            <th scope="row" className="quiet">
              chance
            </th>
            <td className="number quiet">{score(chanceR1)}</td>
            <td />
          </tr>
        </tbody>
      </table>
      <p className="note">{`In brackets the 95 % Wilson interval over snippets. ${note}`}</p>
    </div>
  )
}
