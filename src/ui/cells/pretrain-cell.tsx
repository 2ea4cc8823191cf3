/** A training run: its losses against chance, speed, and how far apart the clips of a batch are. */
import { useState } from 'react'
import type { LossPoint } from '../../engine/api'
import { isActive } from '../../notebook/cell-state'
import type { Cell } from '../../schema/notebook'
import { completeSettings } from '../../schema/settings'
import type { Tracked } from '../../schema/tracked'
import { CellFrame } from '../cell-frame'
import { significant } from '../format'
import { DataTable } from '../plots/data-table'
import { FinishedLossChart } from '../plots/finished-loss-chart'
import { LossChart } from '../plots/loss-chart'
import { SimilarityMap } from '../plots/similarity-map'
import { useCellState, useSession } from '../session-context'
import { CheckpointNote } from './checkpoint-note'
import { InputNote } from './input-note'
import { KernelProfile } from './kernel-profile'
import { RunHistory } from './run-history'
import { RunsTable } from './runs-table'
import { SkippedNote } from './skipped-note'
import { TrackedNote } from './tracked-note'
import { TrainingCostNote } from './training-cost-note'
import { VariantPicker } from './variant-picker'

export function PretrainCell({ cell }: { cell: Cell }) {
  const state = useCellState(cell.id)
  const [smoothing, setSmoothing] = useState(0)
  const [log, setLog] = useState(false)
  const settings = completeSettings(cell.kind, cell.settings)
  const { losses, progress } = state
  const result = state.result?.kind === 'pretrain' && !isActive(state) ? state.result : null
  // A small corpus lowers it: told as soon as the run has looked at its clips.
  const sampled = result?.metrics ?? (isActive(state) ? progress?.sampling : undefined)
  const batch = sampled?.batch ?? Number(settings.batch)
  const chance = result?.metrics.chanceLoss ?? Math.log(settings.lossForm === 'clip' ? batch : 2 * batch - 1)
  const clipsPerSecond = progress?.clipsPerSecond ?? result?.metrics.clipsPerSecond
  const last = losses.at(-1)
  const chart = {
    losses,
    chance,
    steps: Number(settings.steps),
    smoothing,
    log,
    label: `Loss curves: L, Lv, La and total over ${losses.length} steps`,
  }
  return (
    <CellFrame cell={cell} pausable without={['reproduce']}>
      <VariantPicker cell={cell} runs={result?.metrics.runs ?? []} />
      <TrainingCostNote cell={cell} measured={clipsPerSecond === undefined ? undefined : { clipsPerSecond, batch }} />
      {state.status === 'failed' && state.missingRuns ? <MissingRuns cell={cell} runs={state.missingRuns} /> : null}
      {sampled?.notes.map((note) => (
        <p key={note} className="note">
          {note}
        </p>
      ))}
      {last ? (
        <>
          <dl className="stats">
            <Stat value={significant(last.L)} label={`L (chance ${significant(chance)})`} />
            <Stat value={significant(last.La)} label={weighted('Lₐ', Number(settings.lambdaA))} />
            <Stat value={significant(last.Lv)} label={weighted('Lᵥ', Number(settings.lambdaV))} />
            {clipsPerSecond !== undefined ? <Stat value={significant(clipsPerSecond)} label="clips/s" /> : null}
          </dl>
          <div className={progress?.similarity ? 'two' : undefined}>
            <div>
              {result ? <FinishedLossChart {...chart} /> : <LossChart {...chart} />}
              <div className="toolbar">
                <label>
                  Smoothing
                  <input
                    type="range"
                    min={0}
                    max={0.99}
                    step={0.01}
                    value={smoothing}
                    onChange={(event) => setSmoothing(Number(event.target.value))}
                  />
                </label>
                <label>
                  <input type="checkbox" checked={log} onChange={(event) => setLog(event.target.checked)} />
                  Log scale
                </label>
              </div>
            </div>
            {progress?.similarity ? <SimilarityMap {...progress.similarity} /> : null}
          </div>
          <SkippedNote losses={losses} />
          {last.tracked ? <TrackedNote tracked={last.tracked} batch={batch} /> : null}
          <DataTable caption="Loss by step" columns={lossColumns} rows={() => lossRows(losses)} />
          {result && result.metrics.runs.length > 1 ? <RunsTable runs={result.metrics.runs} /> : null}
          {result ? <InputNote metrics={result.metrics} /> : null}
          {result ? <CheckpointNote metrics={result.metrics} /> : null}
          {result ? <KernelProfile metrics={result.metrics} /> : null}
        </>
      ) : (
        <p className="empty">
          {isActive(state)
            ? (progress?.message ?? 'Waiting.')
            : `Trains both networks so that sound finds its picture in any language. Chance is ${significant(chance)}.`}
        </p>
      )}
      <RunHistory cell={cell} />
    </CellFrame>
  )
}

/** What a variant lacks, and the offer to train it first. */
function MissingRuns({ cell, runs }: { cell: Cell; runs: readonly string[] }) {
  const session = useSession()
  return (
    <p className="note">
      <button type="button" onClick={() => void session.runCell(cell.id, { withParents: true })}>
        {`Run ${runs.join(', ')} first, then ${cell.settings.variant}`}
      </button>
    </p>
  )
}

const Stat = ({ value, label }: { value: string; label: string }) => (
  <div>
    <dt>{label}</dt>
    <dd>{value}</dd>
  </div>
)

const weighted = (name: string, weight: number): string => (weight === 0 ? `${name} tracked` : `${name} × ${weight}`)

const trackedColumns: readonly (readonly [string, keyof Tracked])[] = [
  ['R@1 video to audio', 'retrievalVideoToAudio'],
  ['R@1 audio to video', 'retrievalAudioToVideo'],
  ['positives', 'positives'],
  ['in-title negatives', 'inTitle'],
  ['cross-title negatives', 'crossTitle'],
  ['sounds, same language', 'sameLanguage'],
  ['sounds, two languages', 'otherLanguage'],
]
const lossColumns = [
  ...['step', 'L', 'Lv', 'La', 'total', 'learning rate', 'gradient norm'],
  ...trackedColumns.map(([name]) => name),
]

/** At most 200 evenly spaced steps, the last one among them. */
function lossRows(losses: readonly LossPoint[]): readonly (readonly (number | string)[])[] {
  const stride = Math.max(1, Math.ceil(losses.length / 200))
  return losses
    .filter((_, index) => (losses.length - 1 - index) % stride === 0)
    .map(({ step, L, Lv, La, total, learningRate, gradientNorm, tracked }) => [
      step,
      ...[L, Lv, La, total, learningRate, gradientNorm].map((value) => Number(value.toPrecision(5))),
      ...trackedColumns.map(([, key]) => tracked?.[key] ?? '–'),
    ])
}
