/** The networks as tables of stages, which follow the settings as they change. */

import { networkParameters, stageRows } from '../../notebook/model-table'
import { type MVitShape, mvitShape } from '../../schema/mvit'
import type { Cell } from '../../schema/notebook'
import { networkConfig } from '../../schema/presets'
import { completeSettings } from '../../schema/settings'
import { CellFrame } from '../cell-frame'
import { count } from '../format'
import { ScrollBox } from '../scroll-box'
import { useCellState } from '../session-context'

export function ModelCell({ cell }: { cell: Cell }) {
  const state = useCellState(cell.id)
  const built = shapesOf(cell)
  const parameters = state.result?.kind === 'model' ? state.result.metrics.parameters : null
  return (
    <CellFrame cell={cell}>
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
    const config = networkConfig(completeSettings(cell.kind, cell.settings))
    return { video: mvitShape(config.video), audio: mvitShape(config.audio) }
  } catch (cause) {
    return { problem: cause instanceof Error ? cause.message : String(cause) }
  }
}

function StageTable({ name, shape }: { name: string; shape: MVitShape }) {
  const video = shape.config.modality === 'video'
  return (
    <ScrollBox label={`Stages of the ${name.toLowerCase()} network`}>
      <table>
        <caption>{`${name}: ${shape.config.input.join(' × ')}, ${count(networkParameters(shape))} parameters`}</caption>
        <thead>
          <tr>
            <th scope="col">Stage</th>
            <th scope="col" className="number">
              {video ? 'Grid t×h×w' : 'Grid mel×time'}
            </th>
            <th scope="col" className="number">
              Tokens
            </th>
            <th scope="col" className="number">
              Width
            </th>
            <th scope="col" className="number narrow-hide">
              Heads
            </th>
            <th scope="col" className="number">
              Parameters
            </th>
          </tr>
        </thead>
        <tbody>
          {stageRows(shape).map((row) => (
            <tr key={row.name}>
              <td className="whole">{row.name}</td>
              <td className="number">{row.name === 'norm' ? '–' : row.grid.slice(video ? 0 : 1).join('×')}</td>
              <td className="number">{row.name === 'norm' ? '–' : count(row.tokens)}</td>
              <td className="number">{row.width}</td>
              <td className="number narrow-hide">{row.name === 'norm' ? '–' : row.heads}</td>
              <td className="number">{count(row.parameters)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  )
}
