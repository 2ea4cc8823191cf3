import { expect, test } from 'vitest'
import { ByteReader } from '../byte-reader'
import { fetchFixture } from '../fixtures.testing'
import { type Clusters, openClusters } from './clusters'
import { readSegmentHead } from './segment'

/** Counts the bytes that are read. */
class CountingFile extends Blob {
  static bytes = 0
  override slice(start = 0, end = this.size): Blob {
    CountingFile.bytes += Math.max(0, Math.min(end, this.size) - start)
    return super.slice(start, end)
  }
}

async function clustersOf(name: string, beginningBytes?: number): Promise<Clusters> {
  const file = new CountingFile([await fetchFixture(name)])
  const head = await readSegmentHead(new ByteReader(file, 4096))
  return openClusters(head, new ByteReader(file, 4096), { walkBytes: 4096, ...(beginningBytes && { beginningBytes }) })
}

test('where a short track in the middle begins and ends is found without reading what is around it', async () => {
  const clusters = await clustersOf('short-track.mkv', 20_000)
  const { size } = await fetchFixture('short-track.mkv')
  CountingFile.bytes = 0
  const edges = await clusters.edges([1, 2, 3])
  expect(CountingFile.bytes).toBeLessThan(0.6 * size)
  expect([...edges.keys()].sort()).toEqual([1, 2, 3])
  const [first, last] = [edges.get(3)?.first.ticks ?? 0, edges.get(3)?.last.ticks ?? 0]
  expect(Math.abs(first - 60_000)).toBeLessThan(30)
  expect(Math.abs(last - 64_990)).toBeLessThan(60)
  const whole = await (await clustersOf('short-track.mkv')).edges([1, 2, 3])
  expect(edges).toEqual(whole)
})

test('a track that is nowhere has no edges, and the others have theirs', async () => {
  const clusters = await clustersOf('short-track.mkv', 20_000)
  expect([...(await clusters.edges([1, 9])).keys()]).toEqual([1])
})

test('a stretch costs about what it holds', async () => {
  const clusters = await clustersOf('short-track.mkv')
  const { size } = await fetchFixture('short-track.mkv')
  CountingFile.bytes = 0
  const frames = await clusters.frames(1, 90_000, 92_000, async () => true)
  expect(CountingFile.bytes).toBeLessThan(0.2 * size)
  const times = frames.map(({ ticks }) => ticks)
  for (let ticks = 90_000; ticks <= 92_000; ticks += 100)
    expect(times.some((time) => Math.abs(time - ticks) < 50)).toBe(true)
  expect(frames.some(({ isKey, ticks }) => isKey && ticks <= 90_000)).toBe(true)
})
