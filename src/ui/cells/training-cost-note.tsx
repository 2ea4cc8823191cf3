/** What follows from a run's settings, as they change: tokens, parameters, FLOPs, bytes, hours. */
import { ancestorsOf } from '../../notebook/graph'
import { type TrainingCost, trainingCost } from '../../notebook/training-cost'
import { type Cell, holdsWeights, type Settings } from '../../schema/notebook'
import { settingsOf } from '../../schema/settings'
import { bytes, count, duration, significant } from '../format'
import { useSessionState } from '../session-context'

/** What our kernels reach of an adapter's multiply-add peak in a training step (`bench/RESULTS.md`). */
const usualShareOfPeak = 0.3

interface TrainingCostNoteProps {
  readonly cell: Cell
  /** Speed of a run, and its B clips a step; unknown before one. */
  readonly measured: { readonly clipsPerSecond: number; readonly batch: number } | undefined
}

export function TrainingCostNote({ cell, measured }: TrainingCostNoteProps) {
  const notebook = useSessionState((state) => state.notebook)
  const floor = useSessionState((state) => state.engine.description?.floor)
  const model = ancestorsOf(notebook, cell.id).findLast(({ kind }) => kind === 'model')
  const settings = settingsOf(cell)
  const cost = model && !holdsWeights(model) ? costOf(settings, settingsOf(model)) : null
  if (!cost) return null
  const { tokens, parameters, flopsPerStep, stateBytes, clipBytes, steps } = cost
  const stepS = measured
    ? measured.batch / measured.clipsPerSecond
    : floor
      ? flopsPerStep / (floor.peakGflops * 1e9 * usualShareOfPeak)
      : null
  const basis = measured ? 'at the speed measured' : 'at 30 % of this GPU’s multiply-add peak'
  const time = stepS === null ? 'hours unknown before this GPU is measured' : `${duration(steps * stepS)} ${basis}`
  return (
    <p className="note cost">
      {`${count(tokens.video)} + ${count(tokens.audio)} tokens a clip · ${count(parameters)} parameters · ${significant(flopsPerStep / 1e9)} GFLOP a step · ${bytes(stateBytes)} for parameters, gradients and moments, ${bytes(clipBytes)} for clips, activations on top · ${count(steps)} steps: ${time}.`}
    </p>
  )
}

/** Null where the settings fit no network; the model cell says why. */
function costOf(pretrain: Settings, model: Settings): TrainingCost | null {
  try {
    return trainingCost(pretrain, model)
  } catch {
    return null
  }
}
