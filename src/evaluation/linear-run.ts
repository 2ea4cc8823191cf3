/**
 * The linear probe of the LVU benchmark on given embeddings (`spec/evaluation.md` section 3.3): three learning rates, five
 * seeds, all trained together; the epoch and the rate that validate best are tested.
 */
import type { GpuContext } from '../gpu/gpu-context'
import { type ProbeRecipe, type ProbeRun, trainProbes } from './probe-training'
import type { NamedItem, ScoredFold } from './task-scores'

const rates = [1e-2, 1e-3, 1e-4]
const seeds = 5

export interface LinearOptions {
  readonly epochs: number
  readonly weightDecay: number
  readonly seed: number
  readonly signal: AbortSignal
  onProgress(fraction: number): void
}

export interface LinearOutcome {
  readonly learningRate: number
  /** The predictions of each seed at that rate. */
  readonly seeds: readonly ScoredFold[]
}

/** @param items Of splits `train`, `val` and `test`, with their embeddings. */
export async function runLinearProbe(
  context: GpuContext,
  items: readonly NamedItem[],
  embeddings: readonly Float32Array[],
  classes: number,
  { epochs, weightDecay, seed, signal, onProgress }: LinearOptions,
): Promise<LinearOutcome> {
  const rowsOf = (name: string) => items.flatMap(({ split }, row) => (split === name ? [row] : []))
  const [train, valid, test] = ['train', 'val', 'test'].map(rowsOf)
  if (!train || !valid || !test) throw new Error('A linear probe needs train, val and test.')
  const data = {
    embeddings: standardised(embeddings, train),
    labels: items.map(({ labels }) => labels),
    classes,
    multilabel: false,
  }
  const runs = rates.flatMap((learningRate) =>
    Array.from(
      { length: seeds },
      (_, index): ProbeRun => ({
        point: { hiddenLayers: 0, learningRate, initialisation: 'uniform' },
        train,
        valid,
        test,
        seed: (Math.imul(seed, 0x9e3779b1) + index) >>> 0,
      }),
    ),
  )
  const recipe: ProbeRecipe = {
    hiddenUnits: 0,
    dropout: 0,
    batch: 64,
    maxEpochs: epochs,
    checkEvery: 1,
    patience: epochs,
    shuffle: true,
    weightDecay,
    metric: 'top1_acc',
    stopsByScore: true,
  }
  const trained = await trainProbes(context, data, runs, recipe, { signal, onProgress })
  const ofRate = rates.map((_, rate) => trained.slice(rate * seeds, (rate + 1) * seeds))
  const validation = ofRate.map((own) => own.reduce((sum, { bestScore }) => sum + bestScore, 0) / seeds)
  const best = validation.indexOf(Math.max(...validation))
  const chosen = ofRate[best] ?? []
  const learningRate = rates[best]
  if (learningRate === undefined) throw new Error('No probe was trained.')
  return {
    learningRate,
    seeds: chosen.map(({ testScores, bestEpoch, curve }, index) => ({
      name: `seed ${index}`,
      rows: test,
      scores: testScores,
      bestEpoch,
      curve,
    })),
  }
}

/** Columns less their mean over the training rows, over their deviation there. */
export function standardised(embeddings: readonly Float32Array[], train: readonly number[]): Float32Array[] {
  const width = embeddings[0]?.length ?? 0
  const columns = Array.from({ length: width }, (_, column) => {
    const values = train.map((row) => embeddings[row]?.[column] ?? 0)
    const mean = values.reduce((a, b) => a + b, 0) / values.length
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
    return { mean, scale: 1 / (Math.sqrt(variance) || 1) }
  })
  return embeddings.map((row) => row.map((value, i) => (value - (columns[i]?.mean ?? 0)) * (columns[i]?.scale ?? 1)))
}
