/** How often the nearest neighbours across modalities hold the right one, beside chance, for each language. */
import type { EmbedResult } from '../../engine/api'
import type { RetrievalScore } from '../../schema/embedding-metrics'
import { wilsonInterval } from '../../schema/intervals'
import { interval, score } from '../format'
import { LanguageChip } from '../language-chip'
import { ScrollBox } from '../scroll-box'

const arrows: Readonly<Record<RetrievalScore['direction'], string>> = {
  'audio-to-video': 'audio → video',
  'video-to-audio': 'video → audio',
}
const percentOf = (share: number) => `${Math.round(100 * share)} %`
const rank = (value: number) => Number(value.toFixed(1))

export function RetrievalTable({ result }: { result: EmbedResult }) {
  const { metrics } = result
  const note = `Embeddings have ${metrics.dimension} dimensions, from ${metrics.crops === 1 ? '1 crop (quick)' : `${metrics.crops} crops`} per frame; ${percentOf(metrics.waitingForMedia)} of the time of embedding went into waiting for media to be decoded.`
  const { retrieval } = metrics
  if (retrieval.length === 0)
    return (
      <p className="note">
        {`The weights hold no projection heads, so sound and picture share no space and none retrieves the other. ${note}`}
      </p>
    )
  return (
    <div>
      <ScrollBox label="Retrieval">
        <table>
          <thead>
            <tr>
              <th scope="col">Retrieval</th>
              <th scope="col">Language</th>
              {['R@1', 'R@5', 'R@10', 'Median rank', 'Snippets'].map((column) => (
                <th key={column} scope="col" className="number">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {(['audio-to-video', 'video-to-audio'] as const).flatMap((direction) => {
              const scores = retrieval.filter((one) => one.direction === direction)
              const any = scores.find(({ language }) => language === 'all')
              return [
                ...scores.map((one) => <ScoreRow key={`${direction} ${one.language}`} score={one} />),
                ...(any ? [<ChanceRow key={`${direction} chance`} score={any} />] : []),
              ]
            })}
          </tbody>
        </table>
      </ScrollBox>
      <p className="note">
        {`In brackets the 95 % Wilson interval over snippets. One language looks through, or asks with, its own sounds alone; with any dub each right one is a hit. ${note}`}
      </p>
    </div>
  )
}

function ScoreRow({
  score: { direction, language, r1, r5, r10, medianRank, chance, snippets },
}: {
  score: RetrievalScore
}) {
  const cell = (value: number, byChance: number) => (
    // Dubs of one snippet are no independent observations: what is counted are snippets.
    <td className="number">
      <span className={value > byChance ? 'best' : undefined}>{score(value)}</span>{' '}
      <span className="quiet interval">{interval(wilsonInterval(value, snippets))}</span>
    </td>
  )
  return (
    <tr>
      <th scope="row">{arrows[direction]}</th>
      <td>{language === 'all' ? 'any dub' : <LanguageChip language={language} />}</td>
      {cell(r1, chance.r1)}
      {cell(r5, chance.r5)}
      {cell(r10, chance.r10)}
      <td className="number">{rank(medianRank)}</td>
      <td className="number quiet">{snippets}</td>
    </tr>
  )
}

function ChanceRow({ score: { direction, chance, gallery } }: { score: RetrievalScore }) {
  return (
    <tr className="quiet">
      <th scope="row" className="quiet">{`chance, ${arrows[direction]}`}</th>
      <td className="quiet">{`of ${gallery}`}</td>
      {[chance.r1, chance.r5, chance.r10].map((value, index) => (
        <td key={['R@1', 'R@5', 'R@10'][index]} className="number quiet">
          {score(value)}
        </td>
      ))}
      <td className="number quiet">{rank(chance.medianRank)}</td>
      <td />
    </tr>
  )
}
