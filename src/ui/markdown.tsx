/** The small part of Markdown that notes need: headings, paragraphs, lists, bold, italic, code. Never HTML. */
import type { ReactNode } from 'react'

export function Markdown({ text }: { text: string }) {
  const blocks = text.split(/\n\s*\n/).filter((block) => block.trim() !== '')
  return <div className="prose">{blocks.map((block, index) => renderBlock(block.trim(), index))}</div>
}

function renderBlock(block: string, key: number): ReactNode {
  const [first = '', ...rest] = block.split('\n')
  const heading = /^(#{1,6})\s+(.*)$/.exec(first)
  if (heading) {
    const Level = heading[1] === '#' ? 'h3' : 'h4'
    return (
      <div key={key}>
        <Level>{inline(heading[2] ?? '')}</Level>
        {rest.length > 0 ? renderBlock(rest.join('\n'), 0) : null}
      </div>
    )
  }
  const lines = [first, ...rest]
  if (lines.every((line) => /^\s*[-*]\s+/.test(line)))
    return (
      <ul key={key}>
        {lines.map((line) => (
          <li key={line}>{inline(line.replace(/^\s*[-*]\s+/, ''))}</li>
        ))}
      </ul>
    )
  return <p key={key}>{inline(lines.join(' '))}</p>
}

/** Splits at marks; what stands between two of them is every second piece. */
function inline(text: string): ReactNode {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*|\*[^*]+\*)/).map((piece, index) => {
    const key = `${index}`
    if (piece.startsWith('`') && piece.length > 2) return <code key={key}>{piece.slice(1, -1)}</code>
    if (piece.startsWith('**') && piece.length > 4) return <strong key={key}>{piece.slice(2, -2)}</strong>
    if (piece.startsWith('*') && piece.length > 2) return <em key={key}>{piece.slice(1, -1)}</em>
    return piece
  })
}
