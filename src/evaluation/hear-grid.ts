/**
 * The probes of the HEAR benchmark: sixteen points, of which the kit shuffles and runs eight (`spec/evaluation.md`
 * section 2.4), and how they are split over folds.
 */
import { pythonShuffler } from './python-random'

/** One way to train a probe. */
export interface ProbePoint {
  readonly hiddenLayers: 1 | 2
  readonly learningRate: number
  readonly initialisation: 'uniform' | 'normal'
}

/** All points in the order of the kit's parameter grid: its keys in alphabetical order. */
const all: readonly ProbePoint[] = ([1, 2] as const).flatMap((hiddenLayers) =>
  (['uniform', 'normal'] as const).flatMap((initialisation) =>
    [3.2e-3, 1e-3, 3.2e-4, 1e-4].map((learningRate) => ({ hiddenLayers, learningRate, initialisation })),
  ),
)

export const gridNames = ['default', 'quick', 'full'] as const
export type GridName = (typeof gridNames)[number]

/** The kit shuffles with seed 42 and runs eight; `quick` are points 2, 3 and 5 of these, `full` is everything. */
export function probeGrid(name: GridName): readonly ProbePoint[] {
  const shuffled = pythonShuffler(42)(all)
  if (name === 'full') return shuffled
  const eight = shuffled.slice(0, 8)
  return name === 'quick' ? eight.filter((_, index) => [1, 2, 4].includes(index)) : eight
}

/** Names of the splits that one probe is trained, validated and tested on. */
export interface DataSplit {
  readonly train: readonly string[]
  readonly valid: string
  readonly test: string
}

/**
 * Split i tests on fold i, validates on fold i + 1 and trains on those behind it, in that order; folds are sorted by name
 * and wrap around. @throws with fewer than three folds.
 */
export function splitsOfFolds(names: readonly string[]): DataSplit[] {
  const folds = [...names].sort()
  if (folds.length < 3) throw new Error(`folds to train, validate and test on are at least 3, not ${folds.length}`)
  return folds.map((test, index) => {
    const [valid = '', ...train] = [...folds.slice(index + 1), ...folds.slice(0, index)]
    return { train, valid, test }
  })
}
