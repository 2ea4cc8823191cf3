/** Compares the dubs of the chosen titles with their originals and shows the offsets that would align them, to take or leave. */
import { useEffect, useRef, useState } from 'react'
import type { TitleSummary } from '../../engine/api'
import { shownFile } from '../../notebook/samples'
import { isOfTrack, type OffsetProposal } from '../../schema/track-edits'
import { percent, plural } from '../format'
import { LanguageChip } from '../language-chip'
import { useSession } from '../session-context'
import { type EditedSound, shownMs } from './edited-sounds'

interface Proposed extends OffsetProposal {
  readonly file: string
}

interface Going {
  readonly file: string
  readonly share: number
}

interface AlignPanelProps {
  readonly cellId: string
  readonly titles: readonly TitleSummary[]
  /** Their soundtracks as the document has them, which the engine may not have opened yet. */
  readonly sounds: readonly EditedSound[]
}

export function AlignPanel({ cellId, titles, sounds }: AlignPanelProps) {
  const session = useSession()
  const [going, setGoing] = useState<Going | null>(null)
  const [found, setFound] = useState<readonly Proposed[]>([])
  const [told, setTold] = useState('')
  const [complaint, setComplaint] = useState('')
  const running = useRef<AbortController | null>(null)
  useEffect(() => () => running.current?.abort(), [])

  const align = async () => {
    const controller = new AbortController()
    running.current = controller
    setFound([])
    setTold('')
    setComplaint('')
    let count = 0
    try {
      for (const [index, { file }] of titles.entries()) {
        const at = (share: number) => setGoing({ file, share: (index + share) / titles.length })
        at(0)
        const proposals = await session.align(cellId, file, at, controller.signal)
        count += proposals.length
        setFound((before) => [...before, ...proposals.map((one) => ({ ...one, file }))])
      }
      setTold(
        count === 0
          ? 'There are no dubs beside the original here.'
          : `Compared ${plural(count, 'dub')} with the original.`,
      )
    } catch (cause) {
      if (!controller.signal.aborted) setComplaint(cause instanceof Error ? cause.message : String(cause))
      else setTold('Stopped.')
    }
    setGoing(null)
  }
  const take = (some: readonly Proposed[]) => {
    session.editTracks(
      cellId,
      some.map(({ path, track, offsetMs }) => ({ path, track, offsetMs })),
    )
    leave(some)
    setTold(`Took ${plural(some.length, 'offset')}.`)
  }
  const leave = (some: readonly Proposed[]) => setFound((before) => before.filter((one) => !some.includes(one)))
  const open = found.filter((one) => {
    const sound = sounds.find((candidate) => isOfTrack(candidate, one))
    return sound && sound.kind !== 'ignored' && !(one.reliable && one.offsetMs === sound.offsetMs)
  })
  const sure = open.filter(({ reliable }) => reliable)
  return (
    <div className="align">
      <div className="toolbar">
        {going ? (
          <button type="button" onClick={() => running.current?.abort()}>
            Stop
          </button>
        ) : (
          <button type="button" onClick={() => void align()}>
            Align with the original
          </button>
        )}
        {going ? (
          <>
            <progress value={going.share} aria-label="Aligned" />
            <span>{shownFile(going.file)}</span>
          </>
        ) : null}
        {sure.length > 1 ? <button type="button" onClick={() => take(sure)}>{`Take all ${sure.length}`}</button> : null}
      </div>
      {open.length > 0 ? (
        <ul>
          {open.map((one) => (
            <Proposal
              key={`${one.file} ${one.trackId}`}
              proposal={one}
              onTake={() => take([one])}
              onLeave={() => leave([one])}
            />
          ))}
        </ul>
      ) : null}
      {complaint ? (
        <p className="complaint" role="alert">
          {complaint}
        </p>
      ) : null}
      <p className="note" role="status">
        {told}
        {told && open.length < found.length ? ` In place: ${found.length - open.length}.` : null}
      </p>
      <p className="note">
        The background that a dub shares with the original is compared at up to eight places. A positive offset moves a
        track later, a negative one earlier. Nothing changes before you take it.
      </p>
    </div>
  )
}

interface ProposalProps {
  readonly proposal: Proposed
  readonly onTake: () => void
  readonly onLeave: () => void
}

function Proposal({ proposal, onTake, onLeave }: ProposalProps) {
  const { file, language, offsetMs, confidence, reliable, agreeing, places } = proposal
  const name = `${language} of ${shownFile(file)}`
  return (
    <li>
      <span>
        {shownFile(file)} <LanguageChip language={language} />
        {offsetMs === null ? null : <strong className="offset">{offsetMs === 0 ? '0 ms' : shownMs(offsetMs)}</strong>}
        {offsetMs === null
          ? 'is silent where it was compared'
          : reliable
            ? `confidence ${percent(confidence)}${places > 1 ? `, the same at ${agreeing} of ${plural(places, 'place')}` : ''}`
            : `is only a guess (confidence ${percent(confidence)}): no common background was found`}
      </span>
      <span className="choices">
        {offsetMs === null ? null : (
          <button type="button" aria-label={`Take the offset for ${name}`} onClick={onTake}>
            {reliable ? 'Take' : 'Take anyway'}
          </button>
        )}
        <button type="button" className="ghost" aria-label={`Leave ${name} as it is`} onClick={onLeave}>
          Leave
        </button>
      </span>
    </li>
  )
}
