/** The right component for a cell's kind. */
import type { Cell } from '../../schema/notebook'
import { CorpusCell } from './corpus-cell'
import { EmbedCell } from './embed-cell'
import { ExportCell } from './export-cell'
import { ModelCell } from './model-cell'
import { PretrainCell } from './pretrain-cell'
import { ProbeCell } from './probe-cell'
import { SpectrogramCell } from './spectrogram-cell'
import { TextCell } from './text-cell'

const components = {
  text: TextCell,
  corpus: CorpusCell,
  spectrogram: SpectrogramCell,
  model: ModelCell,
  pretrain: PretrainCell,
  embed: EmbedCell,
  probe: ProbeCell,
  export: ExportCell,
} as const

export function CellView({ cell }: { cell: Cell }) {
  const Component = components[cell.kind]
  return <Component cell={cell} />
}
