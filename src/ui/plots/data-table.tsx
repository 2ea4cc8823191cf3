/** The numbers behind a plot, for whoever cannot or would rather not look at it. Built when opened. */
import { useState } from 'react'

interface DataTableProps {
  readonly caption: string
  readonly columns: readonly string[]
  /** Called when the table is opened; long lists should be thinned. */
  readonly rows: () => readonly (readonly (string | number)[])[]
}

export function DataTable({ caption, columns, rows }: DataTableProps) {
  const [open, setOpen] = useState(false)
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{`Data table: ${caption}`}</summary>
      {open ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable with the keyboard
        <section className="data-table" aria-label={caption} tabIndex={0}>
          <table>
            <caption>{caption}</caption>
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows().map((row) => (
                <tr key={row.join('\t')}>
                  {row.map((value, index) => (
                    <td key={columns[index]} className={typeof value === 'number' ? 'number' : undefined}>
                      {value}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      ) : null}
    </details>
  )
}
