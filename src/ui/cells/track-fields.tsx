/** One soundtrack of a title: its language, kind, offset, and whether it is the original. */
import { useId, useState } from 'react'
import { shownFile } from '../../notebook/samples'
import { type SoundKind, soundKinds } from '../../schema/track-edits'
import { LanguageChip } from '../language-chip'
import { useCellState, useSession } from '../session-context'
import { TypedField } from '../typed-field'
import { changesOf, type EditedSound, parseMs, type Saying } from './edited-sounds'
import { VideoChoice } from './video-choice'

export const kindNames: Readonly<Record<SoundKind, string>> = {
  speech: 'speech',
  background: 'background stem',
  ignored: 'ignored',
}

interface TrackFieldsProps {
  readonly cellId: string
  readonly sound: EditedSound
  /** All of the title. */
  readonly all: readonly EditedSound[]
  /** What results call the video. */
  readonly title: string
}

export function TrackFields({ cellId, sound, all, title }: TrackFieldsProps) {
  const session = useSession()
  const { result } = useCellState(cellId)
  const videos = result?.kind === 'corpus' ? result.titles.map(({ file }) => file) : []
  const id = useId()
  const [complaint, setComplaint] = useState<{ readonly of: 'language' | 'offset'; readonly text: string } | null>(null)
  const say = (saying: Saying, of: 'language' | 'offset' = 'language') => {
    try {
      session.editTracks(cellId, changesOf(sound, all, saying))
      setComplaint(null)
    } catch (cause) {
      setComplaint({ of, text: cause instanceof Error ? cause.message : String(cause) })
    }
  }
  const { number, language, kind, offsetMs, isOriginal, path, summary } = sound
  const isOfVideo = path === title || path.endsWith(`/${title}`)
  const described = (of: 'language' | 'offset') => ({
    'aria-invalid': complaint?.of === of,
    ...(complaint?.of === of && { 'aria-describedby': `${id}-complaint` }),
  })
  return (
    <fieldset className="track-fields">
      <legend>
        Track {number} <LanguageChip language={language} />{' '}
        <span className="quiet">{[shownFile(path), summary.name, summary.codec].filter(Boolean).join(', ')}</span>
      </legend>
      <div className="field">
        <label htmlFor={`${id}-language`}>Language</label>
        <TypedField
          id={`${id}-language`}
          value={language}
          numeric={false}
          onCommit={(text) => say({ language: text === '' ? null : text })}
          {...described('language')}
        />
      </div>
      <div className="field">
        <label htmlFor={`${id}-kind`}>Kind</label>
        <select
          id={`${id}-kind`}
          value={kind}
          onChange={({ target }) => say({ kind: soundKinds.find((one) => one === target.value) ?? null })}
        >
          {soundKinds.map((one) => (
            <option key={one} value={one}>
              {kindNames[one]}
            </option>
          ))}
        </select>
      </div>
      <div className="field">
        <label htmlFor={`${id}-offset`}>
          Offset <span className="unit">ms</span>
        </label>
        <TypedField
          id={`${id}-offset`}
          value={String(offsetMs)}
          numeric
          onCommit={(text) => say({ offsetMs: parseMs(text) }, 'offset')}
          {...described('offset')}
        />
      </div>
      {isOfVideo || sound.track !== 0 ? null : (
        <div className="field">
          <span>Video</span>
          <VideoChoice cellId={cellId} sound={path} videos={videos} present={title} />
        </div>
      )}
      <label className="original">
        <input
          type="radio"
          name={`${cellId}-${all[0]?.path}-original`}
          checked={isOriginal}
          onChange={() => say({ original: true })}
        />
        original
      </label>
      {complaint ? (
        <p id={`${id}-complaint`} className="complaint" role="alert">
          {complaint.text}
        </p>
      ) : null}
    </fieldset>
  )
}
