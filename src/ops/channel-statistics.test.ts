import { expect, it } from 'vitest'
import { GraphBuilder } from '../gpu/graph'
import { channelStatistics, updateRunningStatistics } from './channel-statistics'
import {
  channelStatisticsReference,
  normaliseChannelsReference,
  updateRunningStatisticsReference,
} from './channel-statistics.reference'
import { normaliseChannels } from './normalise-channels'
import { normals, runGraph, seededRandom, shape, testOperator } from './testing'

testOperator({
  operator: channelStatistics,
  reference: channelStatisticsReference,
  cases: [
    { name: 'one number per channel', attributes: null, inputs: [shape(2, 3, 1)] },
    { name: 'odd planes', attributes: null, inputs: [shape(3, 2, 5, 7)] },
    { name: 'a batch in parts', attributes: null, inputs: [shape(2, 3, 20), shape(1, 3, 20), shape(4, 3, 20)] },
    {
      name: 'decibels, far from zero',
      attributes: null,
      inputs: [shape(4, 1, 96, 288)],
      make: (_, random) => normals(4 * 96 * 288, random).map((v) => 15 * v - 40),
    },
    {
      name: 'video in [0, 1]',
      attributes: null,
      inputs: [shape(2, 3, 4, 112, 112)],
      make: (_, random) => Float32Array.from({ length: 2 * 3 * 4 * 112 * 112 }, random),
    },
  ],
})

it('a batch cut into parts has the bits of the whole', async () => {
  const data = normals(6 * 2 * 4096, seededRandom(3)).map((value) => 10 * value - 40)
  const statistics = async (parts: number) => {
    const graph = new GraphBuilder()
    const count = data.length / parts
    const names = Array.from({ length: parts }, (_, part) => `${part}`)
    const inputs = names.map((name) => graph.input(name, shape(6 / parts, 2, 4096)))
    const [mean, variance] = graph.apply(channelStatistics, inputs, null)
    if (!mean || !variance) throw new Error('Statistics are two values.')
    graph.output('mean', mean)
    graph.output('variance', variance)
    return runGraph(graph, Object.fromEntries(names.map((name, i) => [name, data.slice(i * count, (i + 1) * count)])))
  }
  expect(await statistics(3)).toEqual(await statistics(1))
})

const positive = (count: number, random: () => number) => Float32Array.from({ length: count }, () => 0.1 + random())

testOperator({
  operator: updateRunningStatistics,
  reference: updateRunningStatisticsReference,
  cases: [
    {
      name: 'a small batch, where the unbiased variance differs most',
      attributes: { momentum: 0.1, count: 2 },
      inputs: [shape(5), shape(5), shape(5), shape(5)],
      make: (index, random) => (index % 2 === 1 ? positive(5, random) : null),
    },
    {
      name: 'a width over one workgroup',
      attributes: { momentum: 0.1, count: 64 },
      inputs: [shape(130), shape(130), shape(130), shape(130)],
    },
  ],
})

testOperator({
  operator: normaliseChannels,
  reference: normaliseChannelsReference,
  cases: [
    {
      name: 'odd planes',
      attributes: { eps: 1e-5 },
      inputs: [shape(3, 2, 5, 7), shape(2), shape(2)],
      make: (index, random) => (index === 2 ? positive(2, random) : null),
    },
    {
      name: 'video',
      attributes: { eps: 1e-5 },
      inputs: [shape(2, 3, 2, 16, 16), shape(3), shape(3)],
      make: (index, random) => (index === 2 ? positive(3, random) : null),
    },
  ],
})
