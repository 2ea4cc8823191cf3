/** What the corpus is made of: instances and dubs as in Table 1, and the bars of Figure 3 for languages and genres. */
import type { CSSProperties } from 'react'
import type { CorpusStatistics as Statistics } from '../../schema/corpus-statistics'
import { duration, plural, significant } from '../format'
import { languageHue } from '../hues'
import { LanguageChip } from '../language-chip'
import { DataTable } from '../plots/data-table'

/** More bars than this say no more; the table has them all. */
const shownBars = 12

export function CorpusStatistics({ statistics }: { statistics: Statistics }) {
  const { instances, hours, averageDubs, averageDubsOfDubbed, languages, originals, genres } = statistics
  const most = Math.max(...languages.map(({ titles }) => titles), 1)
  return (
    <>
      <p className="note">
        {`${plural(instances, 'instance')} (snippets) in ${duration(hours * 3600)}; ${significant(averageDubs)} dubs a title on average, ${significant(averageDubsOfDubbed)} where there are any. Table 1 of the paper has 4.6 to 19.4 M instances and 0.2 to 2.8 dubs.`}
      </p>
      <div className="bar-charts">
        <figure>
          <figcaption>Languages: originals (full) and dubs (pale), in titles</figcaption>
          <ul className="bars">
            {languages.slice(0, shownBars).map(({ language, titles, originals: own, hours: heard }) => (
              <Bar
                key={language}
                label={<LanguageChip language={language} />}
                text={`${titles}, ${own} original, ${duration(heard * 3600)}`}
                style={{ '--hue': `var(${languageHue(language)})` }}
                full={own / most}
                pale={(titles - own) / most}
              />
            ))}
          </ul>
        </figure>
        {genres.length > 0 ? <Genres genres={genres} /> : null}
      </div>
      <DataTable
        caption="Languages of the corpus"
        columns={['language', 'titles', 'originals', 'hours']}
        rows={() => languages.map((row) => [row.language, row.titles, row.originals, Number(row.hours.toPrecision(3))])}
      />
      <DataTable
        caption="Original languages and genres"
        columns={['of', 'name', 'titles']}
        rows={() => [
          ...originals.map(({ name, titles }) => ['original language', name, titles]),
          ...genres.map(({ name, titles }) => ['genre', name, titles]),
        ]}
      />
    </>
  )
}

function Genres({ genres }: { genres: Statistics['genres'] }) {
  const most = Math.max(...genres.map(({ titles }) => titles))
  return (
    <figure>
      <figcaption>Genres, in titles</figcaption>
      <ul className="bars">
        {genres.slice(0, shownBars).map(({ name, titles }) => (
          <Bar key={name} label={name} text={`${titles}`} style={{ '--hue': 'var(--accent)' }} full={titles / most} />
        ))}
      </ul>
    </figure>
  )
}

interface BarProps {
  readonly label: React.ReactNode
  readonly text: string
  /** Lengths as shares of the longest bar. */
  readonly full: number
  readonly pale?: number
  readonly style: Readonly<Record<'--hue', string>>
}

const Bar = ({ label, text, full, pale = 0, style }: BarProps) => (
  // A custom property is no part of React's type of styles.
  <li style={style as CSSProperties}>
    <span className="bar-label">{label}</span>
    <span className="bar-track" aria-hidden="true">
      <i style={{ width: `${100 * full}%` }} />
      <i className="pale" style={{ width: `${100 * pale}%` }} />
    </span>
    <span className="bar-value">{text}</span>
  </li>
)
