import { expect, it } from 'vitest'
import { normals, seededRandom, testContext } from '../ops/testing'
import { trainLinearProbes } from './linear-probe'

const settings = { epochs: 200, learningRate: 1e-2, weightDecay: 1e-2 }

/** Two Gaussian classes whose means are `distance` apart along a diagonal of 8 dimensions. */
function gaussians(items: number, distance: number, seed: number) {
  const random = seededRandom(seed)
  const labels = Uint32Array.from({ length: items }, (_, item) => item % 2)
  const noise = normals(items * 8, random)
  const features = noise.map(
    (value, i) => 100 + 5 * (value + ((labels[Math.floor(i / 8)] ?? 0) * distance) / Math.sqrt(8)),
  )
  return { labels, features }
}

const accuracy = (logits: Float32Array, labels: Uint32Array, items: readonly number[]) =>
  items.filter((item) => ((logits[item * 2 + 1] ?? 0) > (logits[item * 2] ?? 0) ? 1 : 0) === labels[item]).length /
  items.length

it('a probe reaches the Bayes rate of two Gaussian classes on items it has not seen', async () => {
  const items = 2000
  const { labels, features } = gaussians(items, 2, 3)
  const training = new Float32Array(items).map((_, item) => (item < 1000 ? 1 : 0))
  const [logits] = await trainLinearProbes(await testContext(), [{ features, training }], labels, 2, settings)
  const held = Array.from({ length: 1000 }, (_, index) => 1000 + index)
  // Bayes rate: the normal distribution at half the distance, 0.8413; three deviations of 1000 trials are 0.035.
  expect(accuracy(logits ?? new Float32Array(), labels, held)).toBeGreaterThan(0.8413 - 0.035)
})

it('probes that are trained together are those trained alone', async () => {
  const { labels, features } = gaussians(40, 3, 5)
  const fold = (from: number) => new Float32Array(40).map((_, item) => (item >= from && item < from + 10 ? 0 : 1))
  const context = await testContext()
  const probes = [0, 10, 20].map((from) => ({ features, training: fold(from) }))
  const together = await trainLinearProbes(context, probes, labels, 2, settings)
  for (const [index, probe] of probes.entries()) {
    const [alone] = await trainLinearProbes(context, [probe], labels, 2, settings)
    expect(together[index]).toEqual(alone)
  }
})

it('a probe does not look at labels of items it is not trained on', async () => {
  const { labels, features } = gaussians(40, 3, 7)
  const training = new Float32Array(40).map((_, item) => (item < 30 ? 1 : 0))
  const changed = labels.map((label, item) => (item < 30 ? label : 1 - label))
  const context = await testContext()
  const run = (given: Uint32Array<ArrayBuffer>) =>
    trainLinearProbes(context, [{ features, training }], given, 2, settings)
  expect(await run(changed)).toEqual(await run(labels))
})
