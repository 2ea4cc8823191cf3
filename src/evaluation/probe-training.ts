/**
 * Trains probes together: epochs of batches, validation every few epochs, early stopping probe by probe, the best checkpoint
 * tested (`spec/evaluation.md` section 2.4). A probe that has stopped leaves the group, so that the rest goes on faster.
 */
import type { GpuContext } from '../gpu/gpu-context'
import { probeAdamHyper } from '../ops/probe-adam'
import { randomStream, randomStreams } from '../schema/random'
import { afterValidation, notValidated, type StopState, shouldStop } from './early-stop'
import type { ProbePoint } from './hear-grid'
import { evaluate, type MetricName } from './metrics'
import { ProbeGroup, storeItems } from './probe-group'
import { probeTensors } from './probe-network'
import { lossOf, scoresOf } from './probe-scores'

/** Items that probes learn from and are asked about. */
export interface ProbeData {
  /** One per item, of one width. */
  readonly embeddings: readonly Float32Array[]
  /** Class indices of each item. */
  readonly labels: readonly (readonly number[])[]
  readonly classes: number
  readonly multilabel: boolean
}

/** One probe to train: positions of items, and what is drawn at random. */
export interface ProbeRun {
  readonly point: Omit<ProbePoint, 'hiddenLayers'> & { readonly hiddenLayers: 0 | 1 | 2 }
  readonly train: readonly number[]
  readonly valid: readonly number[]
  readonly test: readonly number[]
  readonly seed: number
  /** Initial values by name instead of random ones, in the layout of `probe-network.ts`. */
  readonly initial?: ReadonlyMap<string, Float32Array>
}

export interface ProbeRecipe {
  readonly hiddenUnits: number
  readonly dropout: number
  readonly batch: number
  readonly maxEpochs: number
  /** Epochs between validations. */
  readonly checkEvery: number
  /** Validations without a better one after which a probe stops. */
  readonly patience: number
  /** Whether rows come in a new order in every epoch; otherwise in that of `train`. */
  readonly shuffle: boolean
  readonly weightDecay: number
  readonly metric: MetricName
  /** Whether the metric decides; otherwise the loss. */
  readonly stopsByScore: boolean
}

export const hearRecipe = {
  hiddenUnits: 1024,
  dropout: 0.1,
  batch: 1024,
  maxEpochs: 500,
  checkEvery: 3,
  patience: 20,
  shuffle: false,
  weightDecay: 0,
} as const

export interface Validation {
  readonly epoch: number
  readonly score: number
  /** Of the validation items. */
  readonly loss: number
}

export interface TrainedProbe {
  readonly curve: readonly Validation[]
  /** Of the checkpoint that was tested. */
  readonly bestEpoch: number
  readonly bestScore: number
  /** What the checkpoint was chosen by, larger is better: the score, or the loss below zero. */
  readonly selection: number
  /** Probabilities of the test items by that checkpoint, [test, classes]. */
  readonly testScores: Float64Array
  /** Logits of the validation items after the last epoch, [valid, classes]. */
  readonly lastLogits: Float32Array
}

export interface TrainingOptions {
  readonly signal: AbortSignal
  /** Share of all epochs that may still come, 0 to 1; probes that stop early make it jump. */
  onProgress(fraction: number): void
}

/** Steps queued before the loop waits, so that stopping does not wait for long. */
const stepsAhead = 8

/** Trains all probes and tests each one's best checkpoint. @returns them in the order of `runs`. */
export async function trainProbes(
  context: GpuContext,
  data: ProbeData,
  runs: readonly ProbeRun[],
  recipe: ProbeRecipe,
  options: TrainingOptions,
): Promise<TrainedProbe[]> {
  const { embeddings, labels, classes, multilabel } = data
  const items = await storeItems(context, embeddings, labels, classes, multilabel)
  const trained: TrainedProbe[] = []
  const depths = [...new Set(runs.map(({ point }) => point.hiddenLayers))].sort()
  try {
    let done = 0
    for (const hiddenLayers of depths) {
      const members = [...runs.keys()].filter((index) => runs[index]?.point.hiddenLayers === hiddenLayers)
      const own = members.flatMap((index) => runs[index] ?? [])
      const shape = { inputs: embeddings[0]?.length ?? 0, classes, hiddenLayers, hiddenUnits: recipe.hiddenUnits }
      const starts = own.map(({ seed, point }) => ({ seed, distribution: point.initialisation }))
      const group = await ProbeGroup.create(context, shape, items, recipe.dropout, starts)
      for (const { name, type } of probeTensors(shape, own.length)) {
        if (!own.some(({ initial }) => initial?.has(name))) continue
        const size = type.shape.slice(1).reduce((a, b) => a * b, 1)
        const values = new Float32Array(size * own.length)
        own.forEach(({ initial }, probe) => {
          values.set(initial?.get(name) ?? [], probe * size)
        })
        group.write(name, values)
      }
      const share = own.length / runs.length
      const onProgress = (fraction: number) => options.onProgress(done + share * fraction)
      const results = await new GroupTraining(data, own, recipe, { ...options, onProgress }).run(group)
      results.forEach((result, index) => {
        trained[members[index] ?? 0] = result
      })
      done += share
    }
    return trained
  } finally {
    items.store.destroy()
  }
}

interface Active {
  /** Position among the runs. */
  readonly index: number
  readonly run: ProbeRun
  steps: number
  stop: StopState
  readonly curve: Validation[]
}

/** The loop over one group; owns the group that it is given, and those that come of it. */
class GroupTraining {
  private active: Active[]
  private readonly results: TrainedProbe[] = []

  constructor(
    private readonly data: ProbeData,
    runs: readonly ProbeRun[],
    private readonly recipe: ProbeRecipe,
    private readonly options: TrainingOptions,
  ) {
    this.active = runs.map((run, index) => ({ index, run, steps: 0, stop: notValidated, curve: [] }))
  }

  async run(initial: ProbeGroup): Promise<TrainedProbe[]> {
    const { maxEpochs, checkEvery } = this.recipe
    let group: ProbeGroup | null = initial
    try {
      for (let epoch = 1; group && epoch <= maxEpochs; epoch++) {
        await this.epoch(group, epoch)
        const isLast = epoch === maxEpochs
        const never = this.active.some(({ stop }) => stop.validations === 0)
        if (epoch % checkEvery === 0 || (isLast && never)) group = await this.validate(group, epoch)
        this.options.onProgress(this.fraction(epoch))
      }
      return this.results
    } finally {
      group?.destroy()
    }
  }

  /** The slowest probe decides; it stops at the latest when its patience is over. */
  private fraction(epoch: number): number {
    const { maxEpochs, checkEvery, patience } = this.recipe
    const latest = this.active.map(({ stop }) => (stop.bestValidation + patience) * checkEvery)
    return this.active.length === 0 ? 1 : epoch / Math.max(epoch, Math.min(maxEpochs, Math.max(...latest)))
  }

  /** One list where all probes have the same rows in the same order. */
  private rowsOf(pick: (run: ProbeRun) => readonly number[]): readonly (readonly number[])[] {
    const lists = this.active.map(({ run }) => pick(run))
    const [first] = lists
    const isLinear = this.active[0]?.run.point.hiddenLayers === 0
    return first && !isLinear && lists.every((list) => list === first) ? [first] : lists
  }

  private trainRows(epoch: number): readonly (readonly number[])[] {
    const lists = this.rowsOf(({ train }) => train)
    if (!this.recipe.shuffle) return lists
    return lists.map((list, index) =>
      randomStream(this.active[index]?.run.seed ?? 0, epoch, randomStreams.probe).shuffled(list),
    )
  }

  private async epoch(group: ProbeGroup, epoch: number): Promise<void> {
    const { batch, weightDecay } = this.recipe
    const lists = this.trainRows(epoch)
    const hasNorm = this.active[0]?.run.point.hiddenLayers !== 0
    const longest = Math.max(...lists.map(({ length }) => length))
    for (let from = 0, steps = 0; from < longest; from += batch) {
      const parts = lists.map((list) => list.slice(from, from + batch))
      // A batch norm cannot learn from one row.
      const rows = parts.map((part) => (hasNorm && part.length === 1 ? [] : part))
      if (rows.every(({ length }) => length === 0)) continue
      await group.step(
        rows,
        this.active.map((probe, index) => {
          const own = rows.length === 1 ? rows[0] : rows[index]
          const { seed, point } = probe.run
          if (!own || own.length === 0) return { seed, step: probe.steps, hyper: [0, 0, 0, 0] }
          probe.steps++
          return { seed, step: probe.steps, hyper: probeAdamHyper(point.learningRate, probe.steps, weightDecay) }
        }),
      )
      if (++steps % stepsAhead === 0) await group.finished()
      this.options.signal.throwIfAborted()
    }
    await group.finished()
  }

  private async validate(group: ProbeGroup, epoch: number): Promise<ProbeGroup | null> {
    const { metric, stopsByScore, patience, maxEpochs, checkEvery } = this.recipe
    const { classes, labels, multilabel } = this.data
    const logits = await group.predict(this.rowsOf(({ valid }) => valid))
    const improved: number[] = []
    const stopped: Active[] = []
    this.active.forEach((probe, position) => {
      const own = logits[position] ?? new Float32Array()
      const truths = probe.run.valid.map((item) => labels[item] ?? [])
      const loss = lossOf(own, truths, classes, multilabel)
      const { value } = evaluate(metric, { classes, truths, scores: scoresOf(own, classes, multilabel) })
      const score = stopsByScore ? value : -loss
      probe.curve.push({ epoch, score: value, loss })
      const before = probe.stop.bestValidation
      probe.stop = afterValidation(probe.stop, score)
      if (probe.stop.bestValidation !== before) improved.push(position)
      if (shouldStop(probe.stop, score, patience) || epoch + checkEvery > maxEpochs) stopped.push(probe)
    })
    group.keepBest(improved)
    return stopped.length > 0 ? this.finish(group, stopped, logits) : group
  }

  /** Tests the best checkpoints of some probes. @returns the group of the others, null when none is left. */
  private async finish(
    group: ProbeGroup,
    stopped: readonly Active[],
    lastLogits: readonly Float32Array[],
  ): Promise<ProbeGroup | null> {
    const { classes, multilabel } = this.data
    const positions = stopped.map((probe) => this.active.indexOf(probe))
    group.restoreBest(positions)
    const tested = await group.predict(this.rowsOf(({ test }) => test))
    stopped.forEach(({ index, curve, stop }, i) => {
      const position = positions[i] ?? 0
      const best = curve[stop.bestValidation - 1]
      this.results[index] = {
        curve,
        bestEpoch: best?.epoch ?? 0,
        bestScore: best?.score ?? Number.NaN,
        selection: stop.best,
        testScores: scoresOf(tested[position] ?? new Float32Array(), classes, multilabel),
        lastLogits: lastLogits[position] ?? new Float32Array(),
      }
    })
    const going = [...this.active.keys()].filter((position) => !positions.includes(position))
    this.active = going.flatMap((position) => this.active[position] ?? [])
    if (going.length > 0) return group.only(going)
    group.destroy()
    return null
  }
}
