/** One title of the table: still, length, its soundtracks as they are now, scenes, and what to know about it. */
import type { Problem, TitleSummary } from '../../engine/api'
import { shownFile } from '../../notebook/samples'
import { LanguageChip } from '../language-chip'
import { Still } from '../still'
import { type EditedSound, shownMs } from './edited-sounds'

/** Offsets below this, in seconds, are nobody's problem. */
const noticeableS = 0.02

interface TitleRowProps {
  readonly title: TitleSummary
  readonly sounds: readonly EditedSound[]
  readonly problems: readonly Problem[]
  readonly chosen: boolean
  readonly onChoose: (chosen: boolean) => void
}

export function TitleRow({ title, sounds, problems, chosen, onChoose }: TitleRowProps) {
  const scenes = [...new Set(title.segments.flatMap(({ labels }) => labels.scene ?? []))]
  const notes = [...lateStarts(sounds), ...problems.map(({ message }) => message)].join('; ')
  return (
    <>
      <tr>
        <td className="pick">
          <input
            type="checkbox"
            aria-label={`Choose ${shownFile(title.file)}`}
            checked={chosen}
            onChange={(event) => onChoose(event.target.checked)}
          />
        </td>
        <td>
          <Still image={title.still} />
        </td>
        <td>{shownFile(title.file)}</td>
        <td className="number">{title.durationS.toFixed(1)} s</td>
        <td className="languages">
          {sounds.map((sound) => (
            <SoundChip key={sound.id} sound={sound} />
          ))}
        </td>
        <td className="narrow-hide">{scenes.join(', ')}</td>
        <td className="narrow-hide">{notes}</td>
      </tr>
      {notes ? (
        <tr className="wide-hide">
          <td colSpan={5}>{notes}</td>
        </tr>
      ) : null}
    </>
  )
}

/** A soundtrack's language with its offset; one that is ignored is struck out. */
function SoundChip({ sound: { language, kind, offsetMs, isOriginal, isEdited, summary } }: { sound: EditedSound }) {
  const chip = (
    <LanguageChip
      language={language}
      title={[
        summary.codec,
        summary.channels === undefined ? '' : `${summary.channels} channels`,
        summary.sampleRate === undefined ? '' : `${summary.sampleRate} Hz`,
        isOriginal ? 'original' : '',
        kind === 'ignored' ? 'ignored' : '',
        isEdited ? 'edited by hand' : '',
      ]
        .filter(Boolean)
        .join(', ')}
    />
  )
  return (
    <span className={kind === 'ignored' ? 'sound-chip ignored' : 'sound-chip'}>
      {chip}
      {kind === 'ignored' ? <span className="visually-hidden"> ignored</span> : null}
      {offsetMs === 0 ? null : <small className="offset">{shownMs(offsetMs)}</small>}
    </span>
  )
}

/** `fr starts 0.20 s late`, against the title's first track. */
const lateStarts = (sounds: readonly EditedSound[]): readonly string[] =>
  sounds
    .filter(({ kind, startS }) => kind !== 'ignored' && startS >= noticeableS)
    .map(({ language, startS }) => `${language} starts ${startS.toFixed(2)} s late`)
