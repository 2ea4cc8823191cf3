import { describe, expect, it } from 'vitest'
import { readSafetensors } from '../formats/safetensors'
import { normals, relativeError, seededRandom, testContext } from '../ops/testing'
import { evaluate } from './metrics'
import { hearRecipe, type ProbeData, type ProbeRecipe, type ProbeRun, trainProbes } from './probe-training'

const { signal } = new AbortController()
const options = { signal, onProgress: () => undefined }
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index)
const recipe: ProbeRecipe = { ...hearRecipe, metric: 'top1_acc', stopsByScore: true }

const goldens = import.meta.glob<string>('./fixtures/probe-*.safetensors', { query: '?url', import: 'default' })

/** A stored run of PyTorch: what it started from, and what it came to. */
async function openGolden(load: () => Promise<string>) {
  const { metadata, tensors } = readSafetensors(await (await fetch(await load())).arrayBuffer())
  const floats = (name: string) => {
    const data = tensors.get(name)?.data
    if (!(data instanceof Float32Array)) throw new Error(`The golden holds no "${name}".`)
    return data
  }
  const classes = Number(metadata.classes)
  const multilabel = metadata.multilabel === 'true'
  const targets = floats('targets')
  const items = targets.length / (multilabel ? classes : 1)
  const embeddings = floats('embeddings')
  const width = embeddings.length / items
  const data: ProbeData = {
    embeddings: range(0, items).map((item) => embeddings.subarray(item * width, (item + 1) * width)),
    labels: range(0, items).map((item) =>
      multilabel ? range(0, classes).filter((c) => targets[item * classes + c] === 1) : [targets[item] ?? 0],
    ),
    classes,
    multilabel,
  }
  const layers = Number(metadata.hiddenLayers)
  const learningRate = Number(metadata.learningRate)
  const valid = range(Number(metadata.train), items)
  const run: ProbeRun = {
    point: { hiddenLayers: layers === 2 ? 2 : layers === 1 ? 1 : 0, learningRate, initialisation: 'uniform' },
    train: range(0, Number(metadata.train)),
    valid,
    test: valid,
    seed: 1,
    initial: new Map(
      [...tensors.keys()].flatMap((name) =>
        name.startsWith('initial.') ? [[name.slice('initial.'.length), floats(name)] as const] : [],
      ),
    ),
  }
  const epochs = Number(metadata.epochs)
  const given: ProbeRecipe = {
    ...recipe,
    hiddenUnits: Number(metadata.hiddenUnits),
    dropout: 0,
    batch: Number(metadata.batch),
    maxEpochs: epochs,
    checkEvery: epochs,
    metric: 'mAP',
  }
  return { data, run, given, logits: floats('logits'), float32Difference: Number(metadata.float32Difference) }
}

describe('without dropout, validation logits after 30 epochs are those of PyTorch in float64', () => {
  it.each(Object.entries(goldens))('%s', async (_, load) => {
    const { data, run, given, logits, float32Difference } = await openGolden(load)
    const [trained] = await trainProbes(await testContext(), data, [run], given, options)
    const error = relativeError(trained?.lastLogits ?? [], logits)
    expect(error, `off by ${error}, PyTorch’s float32 by ${float32Difference}`).toBeLessThan(10 * float32Difference)
  })
})

/** Gaussian classes whose means are `distance` apart along a diagonal of 16 dimensions. */
function gaussians(items: number, distance: number, seed: number): ProbeData {
  const random = seededRandom(seed)
  const labels = range(0, items).map((item) => [item % 2])
  const embeddings = labels.map(([label = 0]) => normals(16, random).map((value) => value + (label * distance) / 4))
  return { embeddings, labels, classes: 2, multilabel: false }
}

const quick: ProbeRecipe = { ...recipe, hiddenUnits: 32, maxEpochs: 60, patience: 5, batch: 128 }

it('probes reach the Bayes rate of Gaussian classes on items they have not seen', async () => {
  const data = gaussians(8000, 2, 3)
  const split = { train: range(0, 4000), valid: range(4000, 6000), test: range(6000, 8000) }
  const points = ([0, 1, 2] as const).map((hiddenLayers) => ({
    hiddenLayers,
    learningRate: hiddenLayers === 0 ? 1e-2 : 1e-3,
    initialisation: 'normal' as const,
  }))
  const runs = points.map((point, index) => ({ point, ...split, seed: index }))
  const trained = await trainProbes(await testContext(), data, runs, { ...quick, maxEpochs: 15 }, options)
  const truths = split.test.map((item) => data.labels[item] ?? [])
  for (const { testScores } of trained) {
    const { value } = evaluate('top1_acc', { classes: 2, scores: testScores, truths })
    // Bayes rate: the normal distribution at half the distance, 0.8413; three deviations of 2000 trials are 0.0245.
    expect(value).toBeGreaterThan(0.8413 - 0.0245)
    expect(value).toBeLessThan(0.8413 + 0.0245)
  }
})

it('probes trained together, also on folds of different length, are those trained alone', async () => {
  const data = gaussians(90, 2, 5)
  const point = { hiddenLayers: 1, learningRate: 1e-2, initialisation: 'uniform' } as const
  const runs: ProbeRun[] = [
    { point, train: range(0, 61), valid: range(61, 75), test: range(75, 90), seed: 1 },
    { point, train: range(10, 90), valid: range(0, 5), test: range(5, 10), seed: 2 },
    {
      point: { ...point, learningRate: 1e-4 },
      train: range(0, 33),
      valid: range(33, 60),
      test: range(60, 90),
      seed: 3,
    },
  ]
  // The third fold ends in a batch of one row, which no batch norm can learn from.
  const given = { ...quick, batch: 32, maxEpochs: 12, patience: 1 }
  const context = await testContext()
  const together = await trainProbes(context, data, runs, given, options)
  for (const [index, run] of runs.entries()) {
    const [alone] = await trainProbes(context, data, [run], given, options)
    expect(together[index]).toEqual(alone)
  }
})

it('what is tested is the checkpoint of the best validation, the first of equals', async () => {
  const data = gaussians(60, 8, 7)
  const point = { hiddenLayers: 1, learningRate: 1e-2, initialisation: 'uniform' } as const
  const run = { point, train: range(0, 30), valid: range(30, 60), test: range(30, 60), seed: 1 }
  const [trained] = await trainProbes(await testContext(), data, [run], { ...quick, maxEpochs: 30 }, options)
  if (!trained) throw new Error('Nothing was trained.')
  const { curve, bestEpoch, bestScore, testScores } = trained
  const highest = Math.max(...curve.map(({ score }) => score))
  expect(curve.length).toBeGreaterThan(1)
  expect(bestScore).toBe(highest)
  expect(bestEpoch).toBe(curve.find(({ score }) => score === highest)?.epoch)
  const truths = run.test.map((item) => data.labels[item] ?? [])
  expect(evaluate('top1_acc', { classes: 2, scores: testScores, truths }).value).toBe(bestScore)
})

it('training stops when it is told to', async () => {
  const stop = new AbortController()
  const data = gaussians(60, 2, 9)
  const point = { hiddenLayers: 1, learningRate: 1e-2, initialisation: 'uniform' } as const
  const run = { point, train: range(0, 30), valid: range(30, 60), test: range(30, 60), seed: 1 }
  const training = trainProbes(await testContext(), data, [run], quick, {
    signal: stop.signal,
    onProgress: () => stop.abort(),
  })
  await expect(training).rejects.toThrow(/abort/i)
})
