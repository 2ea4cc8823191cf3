/** Looks at the embeddings of a run that goes on: on the real engine, with sample clips. */
import { beforeAll, expect, it } from 'vitest'
import { readNpyMatrix } from '../formats/npy'
import { vectorFile } from '../schema/embedding-space'
import type { Looks } from './api'
import { startEngine } from './client'
import { smallRuns } from './small-run.testing'

const engine = startEngine()
const runs = smallRuns(engine)
const changes = { lookEvery: 3, lookSnippets: 2 }
const never = new AbortController().signal
/** Compiling and training take minutes on a busy software adapter. */
const timeout = 300_000
beforeAll(async () => {
  await runs.openCorpus()
  await runs.train('unwatched')
}, timeout)

it('looks at a fixed set every few steps, before the first and after the last, and changes no bit of the run', {
  timeout,
}, async () => {
  const heard: number[][] = []
  await runs.train('watched', ({ looks }) => looks && heard.push(looks.taken.map(({ step }) => step)), { changes })
  const looks = await runs.looks('watched')
  expect(looks?.taken.map(({ step }) => step)).toEqual([0, 3, 6, 8])
  expect(heard).toEqual([[0], [0, 3], [0, 3, 6], [0, 3, 6, 8]])
  expect(await runs.weights('watched')).toEqual(await runs.weights('unwatched'))
  expect(await runs.looks('unwatched')).toBeNull()

  const { rows = [], taken = [], hash = '' } = looks ?? {}
  expect(rows.filter(({ modality }) => modality === 'video')).toHaveLength(2)
  expect(rows.length).toBeGreaterThan(4)
  for (const { step, planes } of taken) {
    expect(planes.joint).toHaveLength(2 * rows.length)
    expect([...planes.audio, ...planes.video, ...(planes.joint ?? [])].every(Number.isFinite)).toBe(true)
    const joint = readNpyMatrix(await (await engine.readFile(hash, vectorFile('joint', step))).arrayBuffer())
    expect(joint.rows).toBe(rows.length)
  }
  expect(taken[0]?.planes.joint).not.toEqual(taken[3]?.planes.joint)
})

it('a look is near to the one before: no turn or mirroring of it is nearer', async () => {
  const { taken = [] } = (await runs.looks('watched')) ?? {}
  const distance = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, i) => sum + (x - (b[i] ?? 0)) ** 2, 0)
  for (const [index, { planes }] of taken.entries()) {
    const before = taken[index - 1]?.planes.audio
    if (!before) continue
    const mirrored = planes.audio.map((x, i) => (i % 2 === 0 ? -x : x))
    const turned = planes.audio.map((x) => -x)
    for (const other of [mirrored, turned])
      expect(distance(planes.audio, before)).toBeLessThanOrEqual(distance(other, before))
  }
})

it('a run that is stopped and goes on keeps its looks and ends with the same ones', { timeout }, async () => {
  const controller = new AbortController()
  const stopWhen = ({ looks }: { looks?: Looks }) => looks && looks.taken.length === 2 && controller.abort()
  await expect(runs.train('stopped', stopWhen, { changes, signal: controller.signal })).rejects.toMatchObject({
    name: 'AbortError',
  })
  await runs.train('stopped', undefined, { changes })
  const [stopped, straight] = [await runs.looks('stopped'), await runs.looks('watched')]
  expect(stopped?.taken).toEqual(straight?.taken)
})

it('tells the nearest of a look, and lays it out by UMAP once', async () => {
  const looks = await runs.looks('watched')
  const [hash, file] = [looks?.hash ?? '', vectorFile('joint', 8)]
  const near = await engine.nearest(hash, file, 0, 3)
  expect(near).toHaveLength(3)
  expect(near.map(({ row }) => row)).not.toContain(0)
  expect(near.every(({ cosine }, index) => cosine <= (near[index - 1]?.cosine ?? 1))).toBe(true)
  const settings = { neighbours: 4, minDistance: 0.1, seed: 1 }
  const fractions: number[] = []
  const plane = await engine.umap(hash, file, settings, (fraction) => fractions.push(fraction), never)
  expect(plane).toHaveLength(2 * (looks?.rows.length ?? 0))
  expect(fractions.length).toBeGreaterThan(0)
  fractions.length = 0
  expect(await engine.umap(hash, file, settings, (fraction) => fractions.push(fraction), never)).toEqual(plane)
  expect(fractions).toEqual([])
})
