/** Edits the soundtracks of the chosen titles: one title track by track, several by a rule; and aligns their dubs. */
import { useEffect, useMemo, useRef } from 'react'
import type { TitleSummary } from '../../engine/api'
import { shownFile } from '../../notebook/samples'
import type { TrackEdit } from '../../schema/track-edits'
import { plural } from '../format'
import { useSession } from '../session-context'
import { AlignPanel } from './align-panel'
import { BulkFields } from './bulk-fields'
import { soundsOf } from './edited-sounds'
import { TrackFields } from './track-fields'
import '../styles/track-editor.css'

interface TrackEditorProps {
  readonly cellId: string
  /** At least one. */
  readonly titles: readonly TitleSummary[]
  readonly edits: ReadonlyMap<string, TrackEdit>
  readonly onClose: () => void
}

export default function TrackEditor({ cellId, titles, edits, onClose }: TrackEditorProps) {
  const session = useSession()
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  const sounds = useMemo(() => titles.map((title) => soundsOf(title, edits)), [titles, edits])
  const edited = sounds.flat().filter(({ isEdited }) => isEdited)
  const [first, ...more] = titles
  const [own = []] = sounds
  const name = more.length === 0 && first ? shownFile(first.file) : plural(titles.length, 'title')
  return (
    <section className="track-editor" aria-label={`Soundtracks of ${name}`}>
      <div className="toolbar">
        <h3 ref={heading} tabIndex={-1}>
          Soundtracks of {name}
        </h3>
        {edited.length > 0 ? (
          <button
            type="button"
            className="ghost push"
            onClick={() =>
              session.editTracks(
                cellId,
                edited.map(({ path, track }) => ({
                  path,
                  track,
                  language: null,
                  original: null,
                  kind: null,
                  offsetMs: null,
                  video: null,
                })),
              )
            }
          >
            Back to what the files say
          </button>
        ) : null}
        <button type="button" className={edited.length > 0 ? 'ghost' : 'ghost push'} onClick={onClose}>
          Close
        </button>
      </div>
      {more.length === 0 ? (
        own.map((sound) => (
          <TrackFields key={sound.id} cellId={cellId} sound={sound} all={own} title={first?.file ?? ''} />
        ))
      ) : (
        <BulkFields cellId={cellId} titles={sounds} />
      )}
      <AlignPanel cellId={cellId} titles={titles} sounds={sounds.flat()} />
    </section>
  )
}
