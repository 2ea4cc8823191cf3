/** One results table: groups of columns, blocks of rows, grey where the paper printed them. */
import { Fragment } from 'react'
import { shownInstances } from '../../notebook/paper/export-table'
import { dubSign, type ResultValue, type ResultsTable as Table } from '../../notebook/paper/results-table'
import { ScrollBox } from '../scroll-box'

const spokenSigns = { '+': 'dubs raise it', '−': 'dubs lower it', '±': 'dubs raise it or lower it', '': '' } as const

export function ResultsTable({ table: { groups, blocks, modality } }: { table: Table }) {
  const columns = groups.flatMap((group) => group.columns)
  return (
    <ScrollBox label={`Results of ${modality} embeddings`}>
      <table className="results-table">
        <thead>
          <tr>
            <th scope="col" rowSpan={2}>
              Run
            </th>
            <th scope="col" rowSpan={2} className="number">
              Pretrained on
            </th>
            {groups.map(({ name, columns }) => (
              <th key={name} scope="colgroup" colSpan={columns.length}>
                {name}
              </th>
            ))}
          </tr>
          <tr>
            {columns.map((column) => {
              const sign = dubSign(modality, column)
              return (
                <th key={column.name} scope="col" className="number" title={spokenSigns[sign]}>
                  {column.name}
                  <small>
                    {[column.metric === 'mAP' ? 'mAP' : '', sign && `dubs ${sign}`].filter(Boolean).join(' · ')}
                  </small>
                </th>
              )
            })}
          </tr>
        </thead>
        {blocks.map(({ title, printed, rows }) => (
          <tbody key={title} className={printed ? 'printed' : undefined}>
            <tr>
              <th scope="rowgroup" colSpan={columns.length + 2}>
                {title}
              </th>
            </tr>
            {rows.map((row) => (
              <tr key={row.name}>
                <th scope="row">{row.name}</th>
                <td className="number">{shownInstances(row.instances)}</td>
                {columns.map(({ name }) => (
                  <td key={name} className="number">
                    <Value value={row.values.get(name)} printed={printed} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        ))}
      </table>
    </ScrollBox>
  )
}

function Value({ value, printed }: { value: ResultValue | undefined; printed: boolean }) {
  if (!value) return null
  const { percent, interval, std, chance, n, listed, best } = value
  const brackets = interval ? `[${interval.map((end) => end.toFixed(printed ? 0 : 1)).join(', ')}]` : ''
  const more = printed
    ? [brackets && n !== null ? `${Math.round((percent * n) / 100)} of ${n}` : '', brackets]
    : [
        brackets,
        std === null ? '' : `± ${std.toFixed(1)}`,
        chance === null ? '' : `chance ${chance.toFixed(1)}`,
        n === null ? '' : listed !== null && listed !== n ? `${n} of ${listed}` : `n ${n}`,
      ]
  return (
    <>
      <span className={best ? 'best' : undefined}>{percent.toFixed(2)}</span>
      {more.filter(Boolean).map((text) => (
        <Fragment key={text}>
          <br />
          <small className="quiet">{text}</small>
        </Fragment>
      ))}
    </>
  )
}
