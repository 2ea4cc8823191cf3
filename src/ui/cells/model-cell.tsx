/** The networks as tables of stages, which follow the settings as they change; or weights from elsewhere. */
import { type MVitShape, mvitShape } from '../../schema/mvit'
import { type Cell, holdsWeights } from '../../schema/notebook'
import { networkConfig } from '../../schema/presets'
import { settingsOf } from '../../schema/settings'
import { CellFrame } from '../cell-frame'
import { count } from '../format'
import { useCellState } from '../session-context'
import { ImportedModel } from './imported-model'
import { StageTable } from './stage-table'
import { WeightsInput } from './weights-input'

export const ModelCell = ({ cell }: { cell: Cell }) =>
  holdsWeights(cell) ? <ImportedModel cell={cell} /> : <BuiltModel cell={cell} />

function BuiltModel({ cell }: { cell: Cell }) {
  const state = useCellState(cell.id)
  const built = shapesOf(cell)
  const parameters = state.result?.kind === 'model' ? state.result.metrics.parameters : null
  return (
    <CellFrame cell={cell} buttons={<WeightsInput cell={cell} />}>
      {'problem' in built ? (
        <p className="error" role="alert">
          {built.problem}
        </p>
      ) : (
        <>
          <div className="stack">
            <StageTable name="Video" shape={built.video} />
            <StageTable name="Audio" shape={built.audio} />
          </div>
          {parameters ? (
            <p className="note">
              {`${count(parameters.total)} parameters in all: video ${count(parameters.video)}, audio ${count(parameters.audio)}, projection heads ${count(parameters.heads)} (dropped after pretraining).`}
            </p>
          ) : null}
        </>
      )}
    </CellFrame>
  )
}

/** Both networks' shapes, or what is wrong with the settings. */
function shapesOf(cell: Cell): { video: MVitShape; audio: MVitShape } | { problem: string } {
  try {
    const config = networkConfig(settingsOf(cell))
    return { video: mvitShape(config.video), audio: mvitShape(config.audio) }
  } catch (cause) {
    return { problem: cause instanceof Error ? cause.message : String(cause) }
  }
}
