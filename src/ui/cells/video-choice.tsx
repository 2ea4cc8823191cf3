/** Gives a sound file the video whose soundtrack it is, where names do not tell. */

import { shownFile } from '../../notebook/samples'
import type { MediaReference } from '../../schema/notebook'
import { useSession, useSessionState } from '../session-context'

interface VideoChoiceProps {
  readonly cellId: string
  /** Path of the sound file. */
  readonly sound: string
  /** Videos by the names that results use. */
  readonly videos: readonly string[]
  /** The one that it belongs to now. */
  readonly present?: string
}

export function VideoChoice({ cellId, sound, videos, present = '' }: VideoChoiceProps) {
  const session = useSession()
  const references = useSessionState(({ media }) => media[cellId]?.references)
  const assign = (video: string) => {
    session.editTracks(cellId, [{ path: sound, track: 0, video: pathOf(video, references ?? []) }])
    void session.runCell(cellId)
  }
  return (
    <select
      aria-label={`Video of ${shownFile(sound)}`}
      value={present}
      onChange={({ target }) => {
        if (target.value !== '') assign(target.value)
      }}
    >
      {present === '' ? <option value="">Choose its video…</option> : null}
      {videos.map((video) => (
        <option key={video} value={video}>
          {shownFile(video)}
        </option>
      ))}
    </select>
  )
}

/** Results call files by their names alone where these are unambiguous. */
const pathOf = (name: string, references: readonly MediaReference[]): string =>
  references.find(({ path }) => path === name || path.endsWith(`/${name}`))?.path ?? name
