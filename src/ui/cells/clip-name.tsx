/** A clip in a list: its still, where it is from, and a button to hear it. */
import type { EmbeddingRow } from '../../engine/api'
import { shownFile } from '../../notebook/samples'
import { LanguageChip } from '../language-chip'
import { Still } from '../still'

interface ClipNameProps {
  readonly row: EmbeddingRow
  readonly still: Blob | null
  readonly onPlay: (row: EmbeddingRow) => void
  readonly onChoose?: () => void
}

export function ClipName({ row, still, onPlay, onChoose }: ClipNameProps) {
  const { file, startS, endS, modality, language, scene } = row
  const name = `${shownFile(file)}, ${startS.toFixed(1)}–${endS.toFixed(1)} s`
  return (
    <span className="clip-name">
      <Still image={still} />
      <span>
        {onChoose ? (
          <button type="button" className="ghost" onClick={onChoose}>
            {name}
          </button>
        ) : (
          name
        )}
        <small>
          {modality} {language ? <LanguageChip language={language} /> : null} {scene}
        </small>
      </span>
      <button type="button" aria-label={`Play ${name} ${language}`} onClick={() => onPlay(row)}>
        ▶
      </button>
    </span>
  )
}
