import { expect, it } from 'vitest'
import { normals, seededRandom, testContext } from '../ops/testing'
import { classSetsOf, probeLabelSets, scoreLabelSets } from './label-set-probe'
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

it('items with several labels each are told apart by the probe that has not seen their title', async () => {
  const items = 120
  const names = ['none', 'rain', 'wind', 'wind | rain']
  const { classes, indices } = classSetsOf(Array.from({ length: items }, (_, item) => names[item % 4] ?? ''))
  expect(classes).toEqual(['none', 'rain', 'wind'])
  expect(indices.slice(0, 4)).toEqual([[0], [1], [2], [2, 1]])
  const noise = normals(items * 3, seededRandom(9))
  const embeddings = indices.map((own, item) =>
    Float32Array.from({ length: 3 }, (_, label) => (own.includes(label) ? 4 : 0) + (noise[3 * item + label] ?? 0)),
  )
  const members = indices.map((labels, item) => ({ segment: item >> 2, title: item % 3, labels }))
  const probe = (given: typeof members) =>
    testContext().then((context) =>
      probeLabelSets(context, given, embeddings, 3, settings, new AbortController().signal),
    )
  const probabilities = await probe(members)
  const apart = members.map((member, item) => ({ ...member, segment: item }))
  const score = scoreLabelSets(apart, probabilities, 3)
  expect(score).toMatchObject({ n: items, chance: expect.closeTo(5 / 12, 12), classesLeftOut: 0 })
  expect(score.value).toBeGreaterThan(0.97)
  // Labels of one title do not reach the probe that is asked about it.
  const relabelled = await probe(members.map((member) => (member.title === 2 ? { ...member, labels: [0] } : member)))
  for (const [item, { title }] of members.entries())
    if (title === 2)
      expect(relabelled.slice(3 * item, 3 * item + 3)).toEqual(probabilities.slice(3 * item, 3 * item + 3))
})
