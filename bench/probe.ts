/**
 * The default HEAR grid on 2,000 embeddings x 768 of 50 classes in 5 folds, end to end: eight probes on the first split, one
 * on each other, validated once and tested. A few epochs stand for the hundreds that a task takes.
 */
import { probeGrid, splitsOfFolds } from '../src/evaluation/hear-grid'
import { hearRecipe, type ProbeData, type ProbeRun, trainProbes } from '../src/evaluation/probe-training'
import type { GpuContext } from '../src/gpu/gpu-context'
import { type Bench, type Row, say } from './bench'
import { normals } from './numbers'
import { interleave, median, peakSide, rowsOf, type Side } from './rounds'

const items = 2000
const width = 768
const classes = 50
const epochs = 3
/** Deviation of the classes' centres: after so few epochs some probes tell them apart, others not yet. */
const spread = 0.3
/** Of a mean over eight probes and 400 items. */
const accuracyTolerance = 0.1
const caseName = `${items}x${width}`

const points = probeGrid('default')
/** The point that the other folds are trained with: which one wins makes no difference to what is asked here. */
const chosen = 1
const folds = Array.from({ length: 5 }, (_, fold) => `fold0${fold}`)
const foldOf = (row: number) => folds[Math.floor((5 * row) / items)]
const rowsIn = (names: readonly string[]) =>
  Array.from({ length: items }, (_, row) => row).filter((row) => names.includes(foldOf(row) ?? ''))
const splits = splitsOfFolds(folds).map(({ train, valid, test }) => ({
  train: rowsIn(train),
  valid: rowsIn([valid]),
  test: rowsIn([test]),
}))

function makeData(): ProbeData {
  const centres = normals(classes * width, 0, spread)
  const noise = normals(items * width, 1)
  const labels = Array.from({ length: items }, (_, item) => item % classes)
  const embeddings = labels.map((label, item) =>
    Float32Array.from({ length: width }, (_, i) => (centres[label * width + i] ?? 0) + (noise[item * width + i] ?? 0)),
  )
  return { embeddings, labels: labels.map((label) => [label]), classes, multilabel: false }
}

const runsOf = (split: number, indices: readonly number[]): ProbeRun[] =>
  indices.flatMap((index) => {
    const [point, own] = [points[index], splits[split]]
    return point && own ? [{ point, ...own, seed: 100 * split + index }] : []
  })
const first = runsOf(0, [...points.keys()])
const others = splits.flatMap((_, split) => (split === 0 ? [] : runsOf(split, [chosen])))

/** Operations of matrix products; a layer's way back costs twice its way there, the first layer's once. */
const flopsOf = ({ point, train, valid, test }: ProbeRun): number => {
  const { hiddenUnits } = hearRecipe
  const input = width * hiddenUnits
  const inner = (point.hiddenLayers - 1) * hiddenUnits ** 2 + hiddenUnits * classes
  const there = 2 * (input + inner)
  return epochs * train.length * (2 * there + 2 * inner) + (valid.length + test.length) * there
}

async function ours(context: GpuContext, data: ProbeData): Promise<number> {
  const recipe = { ...hearRecipe, metric: 'top1_acc', stopsByScore: true, maxEpochs: epochs } as const
  const options = { signal: new AbortController().signal, onProgress: () => undefined }
  const grid = await trainProbes(context, data, first, recipe, options)
  await trainProbes(context, data, others, recipe, options)
  return grid.reduce((sum, { bestScore }) => sum + bestScore, 0) / grid.length
}

/** What the command offers to the page: runs a script of `bench/peers` in PyTorch; null where there is none. */
declare global {
  var dubbookPython: ((script: string, work: string) => Promise<string | null>) | undefined
}

async function pytorch(): Promise<{ ms: number; accuracy: number } | null> {
  const work = {
    items,
    width,
    classes,
    spread,
    epochs,
    points,
    chosen: points[chosen],
    splits,
    hidden: hearRecipe.hiddenUnits,
    batch: hearRecipe.batch,
  }
  const printed = await globalThis.dubbookPython?.('probe.py', JSON.stringify(work))
  // The script is ours.
  return printed ? (JSON.parse(printed) as { ms: number; accuracy: number }) : null
}

/** @throws when PyTorch's probes learn something else than ours. */
export const probe: Bench = async (context, { rounds = 1, cases, peers }) => {
  const unknown = cases.find((name) => name !== caseName)
  if (unknown !== undefined) throw new Error(`probe has no case "${unknown}": its case is ${caseName}.`)
  say(`probe ${caseName}`)
  const data = makeData()
  let accuracy = Number.NaN
  const sides: Side[] = [
    {
      name: 'ours',
      async run() {
        accuracy = await ours(context, data)
        return undefined
      },
    },
  ]
  // Pipelines are compiled once, whatever is trained.
  const tiny = { ...hearRecipe, metric: 'top1_acc', stopsByScore: true, maxEpochs: 1, checkEvery: 1 } as const
  const warmUp = first.slice(0, 2).map((run) => ({ ...run, train: run.train.slice(0, 8) }))
  await trainProbes(context, data, warmUp, tiny, {
    signal: new AbortController().signal,
    onProgress: () => undefined,
  })
  let peerAccuracy = Number.NaN
  if (peers.includes('pytorch')) {
    const measured = await pytorch()
    if (measured)
      sides.push({
        name: 'pytorch',
        async run() {
          const again = await pytorch()
          peerAccuracy = again?.accuracy ?? Number.NaN
          return again?.ms
        },
      })
    else say('probe: python3 has no PyTorch, so it is not compared')
  }
  const flops = [...first, ...others].reduce((sum, run) => sum + flopsOf(run), 0)
  const peak = peers.includes('peak') ? await peakSide(context, flops) : null
  if (peak) sides.push(peak)
  const times = await interleave(sides, rounds)
  peak?.close()
  if (!Number.isNaN(peerAccuracy) && !(Math.abs(peerAccuracy - accuracy) <= accuracyTolerance))
    throw new Error(`PyTorch’s probes validate at ${peerAccuracy}, ours at ${accuracy}: that is not the same work.`)
  const rows: Row[] = rowsOf('probe', caseName, context.gpu.adapterName, times)
  const ms = median(times.get('ours') ?? [])
  return {
    rows,
    notes: [
      `${(flops / 1e9).toFixed(0)} GFLOP of matrix products in ${epochs} epochs, ${(flops / 1e6 / ms).toPrecision(3)} GFLOP/s; mean validation accuracy ${accuracy.toFixed(3)}, PyTorch ${peerAccuracy.toFixed(3)}`,
    ],
  }
}
