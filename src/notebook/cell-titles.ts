/** What a cell is called on the page and in messages. */
import type { Cell, CellKind } from '../schema/notebook'

const titles: Readonly<Record<CellKind, string>> = {
  text: 'Notes',
  corpus: 'Clips',
  spectrogram: 'One scene in its languages',
  model: 'Model',
  pretrain: 'Pretraining',
  embed: 'Embeddings',
  probe: 'Probes',
  export: 'Export',
}

/** The kind's title; an id that says more than the kind is added, and a text cell goes by its first heading. */
export function cellTitle(cell: Pick<Cell, 'id' | 'kind' | 'settings'>): string {
  if (cell.kind === 'text') {
    const heading = /^#+\s+(.+)$/m.exec(String(cell.settings.markdown ?? ''))
    return heading?.[1] ?? titles.text
  }
  return cell.id === cell.kind ? titles[cell.kind] : `${titles[cell.kind]}, ${cell.id}`
}
