/**
 * Probes of one HEAR task on given embeddings (`spec/evaluation.md` section 2.4): every point of the grid on the first split,
 * the point with the best validation score on the others, all tested.
 */
import type { GpuContext } from '../gpu/gpu-context'
import { type GridName, type ProbePoint, probeGrid } from './hear-grid'
import type { HearTask } from './hear-task'
import { type ProbeRecipe, type ProbeRun, type TrainedProbe, trainProbes } from './probe-training'
import type { ScoredFold } from './task-scores'

export interface HearOptions {
  readonly grid: GridName
  readonly recipe: Omit<ProbeRecipe, 'metric' | 'stopsByScore'>
  readonly seed: number
  readonly signal: AbortSignal
  onProgress(fraction: number): void
  /** Gives what an earlier run kept under a name, or computes and keeps it. */
  kept<T>(name: string, compute: () => Promise<T>): Promise<T>
}

/** One point of the grid as it did on the first split. */
export interface GridScore {
  readonly point: ProbePoint
  readonly bestEpoch: number
  readonly bestScore: number
}

export interface HearOutcome {
  readonly point: ProbePoint
  readonly grid: readonly GridScore[]
  /** In the order of the splits. */
  readonly folds: readonly ScoredFold[]
}

/** Seeds of different probes of one notebook differ. */
const probeSeed = (seed: number, split: number, point: number): number =>
  (Math.imul(seed, 0x9e3779b1) + 1009 * split + point) >>> 0

/** @param embeddings One per item of the task. */
export async function runHearTask(
  context: GpuContext,
  task: HearTask,
  embeddings: readonly Float32Array[],
  options: HearOptions,
): Promise<HearOutcome> {
  const { items, splits, metric, stopsByScore, multilabel } = task
  const points = probeGrid(options.grid)
  const data = { embeddings, labels: items.map(({ labels }) => labels), classes: task.labels.length, multilabel }
  const rowsOf = (names: readonly string[]) =>
    names.flatMap((name) => items.flatMap(({ split }, row) => (split === name ? [row] : [])))
  const rows = splits.map(({ train, valid, test }) => ({
    train: rowsOf(train),
    valid: rowsOf([valid]),
    test: rowsOf([test]),
  }))
  const runOf = (split: number, point: number): ProbeRun[] => {
    const [own, chosen] = [rows[split], points[point]]
    return own && chosen ? [{ point: chosen, ...own, seed: probeSeed(options.seed, split, point) }] : []
  }
  const recipe = { ...options.recipe, metric, stopsByScore }
  // The grid has as many probes as there are points, the folds one each; the first fold is part of the grid.
  const gridShare = points.length / (points.length + splits.length - 1)
  const train = (runs: readonly ProbeRun[], from: number, share: number) =>
    trainProbes(context, data, runs, recipe, {
      signal: options.signal,
      onProgress: (fraction) => options.onProgress(from + share * fraction),
    })
  const onFirst = await options.kept('grid', () =>
    train(
      points.flatMap((_, point) => runOf(0, point)),
      0,
      gridShare,
    ),
  )
  const best = bestOf(onFirst)
  const rest = await options.kept('folds', () =>
    train(
      splits.slice(1).flatMap((_, split) => runOf(split + 1, best)),
      gridShare,
      1 - gridShare,
    ),
  )
  const [point] = points.slice(best)
  if (!point) throw new Error(`${task.name}: no probe was trained.`)
  const tested = [...onFirst.slice(best, best + 1), ...rest]
  return {
    point,
    grid: points.flatMap((candidate, index) => {
      const trained = onFirst[index]
      return trained ? [{ point: candidate, bestEpoch: trained.bestEpoch, bestScore: trained.bestScore }] : []
    }),
    folds: tested.map(({ testScores, bestEpoch, curve }, split) => ({
      name: splits[split]?.test ?? '',
      rows: rows[split]?.test ?? [],
      scores: testScores,
      bestEpoch,
      curve,
    })),
  }
}

/** Position of the probe that validated best; the first on ties, and none whose score is no number if another has one. */
export function bestOf(trained: readonly Pick<TrainedProbe, 'selection'>[]): number {
  const scores = trained.map(({ selection }) => (Number.isNaN(selection) ? Number.NEGATIVE_INFINITY : selection))
  return scores.reduce((best, score, index) => (score > (scores[best] ?? score) ? index : best), 0)
}
