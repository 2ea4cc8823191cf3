/** The clips: what each file holds, what is wrong with it, and ways to add more. */

import type { MediaFile } from '../../engine/api'
import { isActive } from '../../notebook/cell-state'
import { isCorpusFile } from '../../notebook/media-kinds'
import { isSamplePath } from '../../notebook/samples'
import type { Cell } from '../../schema/notebook'
import { CellFrame } from '../cell-frame'
import { chosenFiles } from '../dropped-files'
import { useCellState, useSession, useSessionState } from '../session-context'
import { CorpusStatistics } from './corpus-statistics'
import { MissingFiles } from './missing-files'
import { TitleTable } from './title-table'

export function CorpusCell({ cell }: { cell: Cell }) {
  const session = useSession()
  const state = useCellState(cell.id)
  const media = useSessionState((all) => all.media[cell.id])
  const result = state.result?.kind === 'corpus' ? state.result : null
  const add = async (files: readonly MediaFile[]) => {
    await session.addFiles(cell.id, files)
    await session.runCell(cell.id)
  }
  const samples = media?.references.filter(({ path }) => isSamplePath(path)) ?? []
  const own = (media?.references.length ?? 0) - samples.length
  return (
    <CellFrame cell={cell} buttons={<AddFiles onFiles={add} />}>
      {media && media.missing.length > 0 && !isActive(state) ? (
        <MissingFiles missing={media.missing} onDrop={(paths) => session.removeFiles(cell.id, paths)} />
      ) : null}
      {result ? (
        <>
          <TitleTable result={result} />
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

function AddFiles({ onFiles }: { onFiles: (files: readonly MediaFile[]) => Promise<void> }) {
  const input = (label: string, text: string, folder: boolean) => (
    <label className="button ghost">
      {text}
      <input
        className="visually-hidden"
        type="file"
        multiple
        aria-label={label}
        ref={(element) => {
          if (element) element.webkitdirectory = folder
        }}
        onChange={(event) => {
          const files = chosenFiles(event.target.files)
          void onFiles(folder ? files.filter(({ path }) => isCorpusFile(path)) : files)
          event.target.value = ''
        }}
      />
    </label>
  )
  return (
    <>
      {input('Add files', 'Add files…', false)}
      {input('Choose a folder', 'Folder…', true)}
    </>
  )
}
