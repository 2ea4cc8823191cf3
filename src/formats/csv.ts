/** Comma-separated values as in RFC 4180: labels come in this way, losses and embedding rows go out. */

export interface CsvRow {
  /** Line of the file on which the row starts, from 1. */
  readonly line: number
  readonly fields: readonly string[]
}

/**
 * Splits a text into rows. CRLF, LF and CR end a row, a byte order mark is skipped, and so are empty lines.
 * @throws naming the line when a quoted field does not end, or goes on after its closing quote.
 */
export function parseCsv(text: string): CsvRow[] {
  const rows: CsvRow[] = []
  let position = text.startsWith('\ufeff') ? 1 : 0
  let line = 1
  const atBreak = () => text[position] === '\n' || text[position] === '\r'

  const quoted = (): string => {
    const startLine = line
    const pieces: string[] = []
    for (;;) {
      const close = text.indexOf('"', position + 1)
      if (close < 0) throw new Error(`Line ${startLine}: a quoted field does not end; close it with ".`)
      const piece = text.slice(position + 1, close)
      line += piece.match(/\r\n|\n|\r/g)?.length ?? 0
      pieces.push(piece)
      position = close + 1
      if (text[position] !== '"') break
    }
    if (position < text.length && text[position] !== ',' && !atBreak())
      throw new Error(`Line ${line}: text follows a closing quote; write quotes inside a field twice.`)
    return pieces.join('"')
  }
  const plain = (): string => {
    const start = position
    while (position < text.length && text[position] !== ',' && !atBreak()) position++
    return text.slice(start, position)
  }

  while (position < text.length) {
    const start = line
    const from = position
    const fields: string[] = []
    for (;;) {
      fields.push(text[position] === '"' ? quoted() : plain())
      if (text[position] !== ',') break
      position++
    }
    if (position > from) rows.push({ line: start, fields })
    position += text.startsWith('\r\n', position) ? 2 : 1
    line++
  }
  return rows
}

/**
 * Joins rows. Lines end in LF, not in the RFC's CRLF: every reader takes it, and line-by-line tools see no stray `\r`.
 * A row of one empty field is quoted, so that it is no empty line.
 */
export function writeCsv(rows: readonly (readonly (string | number)[])[]): string {
  const field = (value: string | number, alone: boolean): string => {
    const text = String(value)
    return /[",\r\n\ufeff]/.test(text) || (alone && text === '') ? `"${text.replaceAll('"', '""')}"` : text
  }
  return rows.map((row) => `${row.map((value) => field(value, row.length === 1)).join(',')}\n`).join('')
}
