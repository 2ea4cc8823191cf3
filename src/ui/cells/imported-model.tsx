/** A model cell that was given weights: what their shapes told, and what is left to choose. */
import { useQuery } from '@tanstack/react-query'
import type { RecognisedWeights } from '../../engine/api'
import { isActive } from '../../notebook/cell-state'
import { toldSettings } from '../../notebook/recognised-rows'
import { type MVitConfig, mvitShape } from '../../schema/mvit'
import type { Cell } from '../../schema/notebook'
import { allowedPoolings } from '../../schema/pooling'
import type { FrozenConfig } from '../../schema/presets'
import { settingsOf } from '../../schema/settings'
import { CellFrame } from '../cell-frame'
import { bytes, count } from '../format'
import { useCellState, useSession, useSessionState } from '../session-context'
import { MissingFiles } from './missing-files'
import { StageTable } from './stage-table'
import { WeightsInput } from './weights-input'

export function ImportedModel({ cell }: { cell: Cell }) {
  const session = useSession()
  const state = useCellState(cell.id)
  const media = useSessionState((all) => all.media[cell.id])
  const result = state.result?.kind === 'model' ? state.result : null
  const looked = useLook(cell)
  const weights = looked.weights ?? result?.imported ?? null
  const remove = () => session.removeFiles(cell.id, media?.references.map(({ path }) => path) ?? [])
  const { video, audio } = weights?.config ?? {}
  return (
    <CellFrame
      cell={cell}
      buttons={<WeightsInput cell={cell} />}
      told={weights ? toldSettings(weights.config) : []}
      without={weights ? settingsOfMissing(weights.config) : []}
    >
      {media && media.missing.length > 0 && !result && !isActive(state) ? (
        <MissingFiles cell={cell} media={media} onDrop={remove} />
      ) : null}
      {looked.problem ? (
        <p className="error" role="alert">
          {looked.problem}
        </p>
      ) : null}
      {weights ? <ChoosePooling cell={cell} config={weights.config} /> : null}
      <div className="stack">
        {weights ? <Origin weights={weights} size={media?.references[0]?.size ?? 0} onRemove={remove} /> : null}
        {video ? <StageTable name="Video" shape={mvitShape(video)} /> : null}
        {audio ? <StageTable name="Audio" shape={mvitShape(audio)} /> : null}
      </div>
      {result ? <p className="note">{`${count(result.metrics.parameters.total)} parameters in all.`}</p> : null}
    </CellFrame>
  )
}

/** Looks into the file before the cell runs, once for a content and the settings that it is read with. */
function useLook(cell: Cell): { readonly weights: RecognisedWeights | null; readonly problem: string } {
  const session = useSession()
  const file = useSessionState((all) => all.media[cell.id]?.files[0])
  const [reference] = Array.isArray(cell.media) ? cell.media : []
  const { videoKeyStride, audioKeyStride } = cell.settings
  const { data, error } = useQuery({
    queryKey: ['weights', reference?.contentHash, videoKeyStride, audioKeyStride],
    queryFn: () => (file ? session.inspectWeights(file, cell.id) : null),
    enabled: file !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
  return { weights: data ?? null, problem: error instanceof Error ? error.message : '' }
}

/** Settings that would choose something for a network that the file does not hold. */
const settingsOfMissing = (config: FrozenConfig): readonly string[] =>
  (['video', 'audio'] as const).flatMap((modality) =>
    config[modality] ? [] : ['Pooling', 'KeyStride', 'DropPath'].map((name) => `${modality}${name}`),
  )

/** Shapes do not tell how tokens become an embedding: it must be chosen, and the choice changes every number below. */
function ChoosePooling({ cell, config }: { cell: Cell; config: FrozenConfig }) {
  const settings = settingsOf(cell)
  const open = ([config.video, config.audio] as const).filter(
    (network): network is MVitConfig => network !== undefined && settings[`${network.modality}Pooling`] === '',
  )
  if (open.length === 0) return null
  return (
    <div className="warning" role="status">
      <strong>Choose how tokens become an embedding.</strong> The shapes of weights do not tell. In the settings, set{' '}
      {open.map(({ modality, clsToken }, index) => (
        <span key={modality}>
          {index > 0 ? ' and ' : ''}
          <em>{modality === 'video' ? 'Video embedding' : 'Audio embedding'}</em>
          {` to ${allowedPoolings(clsToken).join(' or ')}`}
        </span>
      ))}
      . The authors’ code takes cls for video and norm-mean for audio by default; the paper’s text (§5.1) says mean,
      which is mean-norm.
    </div>
  )
}

interface OriginProps {
  readonly weights: RecognisedWeights
  readonly size: number
  readonly onRemove: () => void
}

function Origin({ weights, size, onRemove }: OriginProps) {
  return (
    <div>
      <p className="origin">
        Weights of <strong>{weights.file}</strong> <span className="quiet">{bytes(size)}</span>{' '}
        <button type="button" className="ghost" onClick={onRemove}>
          Remove
        </button>
      </p>
      <ul className="note">
        {weights.notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </div>
  )
}
