/** The clips: what each file holds, what is wrong with it, and ways to add more. */

import { isActive } from '../../notebook/cell-state'
import { isSamplePath } from '../../notebook/samples'
import type { Cell } from '../../schema/notebook'
import { takeClips } from '../actions'
import { CellFrame } from '../cell-frame'
import { useCellState, useSession, useSessionState } from '../session-context'
import { AddFiles } from './add-files'
import { CorpusStatistics } from './corpus-statistics'
import { MediaNotes } from './media-notes'
import { MissingFiles } from './missing-files'
import { TitleTable } from './title-table'

export function CorpusCell({ cell }: { cell: Cell }) {
  const session = useSession()
  const state = useCellState(cell.id)
  const media = useSessionState((all) => all.media[cell.id])
  const result = state.result?.kind === 'corpus' ? state.result : null
  const isReady = useSessionState(({ ready }) => ready)
  const samples = media?.references.filter(({ path }) => isSamplePath(path)) ?? []
  const own = (media?.references.length ?? 0) - samples.length
  return (
    <CellFrame cell={cell} buttons={<AddFiles onFiles={(files) => takeClips(session, files, cell.id)} />}>
      {media && isReady && media.missing.length > 0 && !isActive(state) ? (
        <MissingFiles cell={cell} media={media} onDrop={(paths) => session.removeFiles(cell.id, paths)} />
      ) : null}
      {media ? <MediaNotes cell={cell} media={media} onChange={() => void takeClips(session, [], cell.id)} /> : null}
      {result ? (
        <>
          <TitleTable cell={cell} result={result} />
          <CorpusStatistics statistics={result.metrics.statistics} />
        </>
      ) : media?.references.length ? (
        <p className="empty">{`${media.references.length} files, not looked into yet.`}</p>
      ) : (
        <p className="empty">Drop dubbed films or clips anywhere on this page. They stay on this computer.</p>
      )}
      {own > 0 && samples.length > 0 ? (
        <p className="note">
          The sample clips are among these.{' '}
          <button
            type="button"
            className="ghost"
            onClick={() =>
              session.removeFiles(
                cell.id,
                samples.map(({ path }) => path),
              )
            }
          >
            Remove the samples
          </button>
        </p>
      ) : null}
    </CellFrame>
  )
}
