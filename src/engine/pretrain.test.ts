/** Runs that are paused, or stopped and started again, on the real engine with sample clips. */
import { beforeAll, expect, it } from 'vitest'
import type { Settings } from '../schema/notebook'
import { completeSettings } from '../schema/settings'
import type { PretrainResult, Progress, RunRequest } from './api'
import { startEngine } from './client'

const engine = startEngine()
const session = crypto.randomUUID()
const model = completeSettings('model', {
  preset: 'tiny',
  depth: 2,
  widenAt: '1',
  embedDim: 8,
  videoFrames: 2,
  videoSize: 32,
  headHidden: 16,
  headDim: 8,
})
const pretrain = completeSettings('pretrain', {
  steps: 8,
  batch: 4,
  snippetsPerTitle: 2,
  learningRate: 1e-3,
  lookEvery: 0,
})
const corpus = completeSettings('corpus', {})
const never = new AbortController().signal

const request = (kind: RunRequest['kind'], hash: string, settings: Settings): RunRequest => ({
  cellId: hash,
  kind,
  settings,
  seed: 11,
  hash: `${session}-${hash}`,
  upstream: [
    { kind: 'corpus', hash: `${session}-corpus`, settings: corpus },
    { kind: 'model', hash: `${session}-model`, settings: model },
  ],
})

async function train(name: string, onProgress: (event: Progress) => void = () => undefined, signal = never) {
  const result = await engine.run(request('pretrain', name, pretrain), onProgress, signal)
  // The job of a pretrain request returns this kind.
  return (result as PretrainResult).metrics
}

const weights = async (name: string) =>
  new Uint8Array(await (await engine.readFile(`${session}-${name}`, 'weights.safetensors')).arrayBuffer())

let undisturbed: Uint8Array
beforeAll(async () => {
  const files = await Promise.all(
    ['title00.mp4', 'title01.mp4'].map(async (path) => ({
      path,
      file: new File([await (await fetch(`/samples/${path}`)).blob()], path),
    })),
  )
  await engine.run({ ...request('corpus', 'corpus', corpus), files }, () => undefined, never)
  expect(await train('undisturbed')).toMatchObject({ steps: 8, resumes: [] })
  undisturbed = await weights('undisturbed')
})

it('holds every kernel against the floor of the adapter, which is measured once', async () => {
  const { kernels, floor, stepOverKernels, pipelines, compileMs } = await train('profiled')
  expect(kernels.length).toBeGreaterThan(10)
  for (const { kernel, calls, ms, gigabytesPerS, floorShare } of kernels) {
    expect(calls, kernel).toBeGreaterThan(0)
    // Every kernel binds something, and the floor of its time is that of moving it at least.
    if (ms > 0) expect(gigabytesPerS, kernel).toBeGreaterThan(0)
    if (ms > 0) expect(floorShare, kernel).toBeGreaterThanOrEqual(gigabytesPerS / (floor?.bandwidthGBs ?? 0))
  }
  expect(kernels.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1)
  expect(stepOverKernels).toBeGreaterThan(0)
  expect(pipelines).toBeLessThan(100)
  expect(compileMs).toBeGreaterThan(0)
  expect((await train('profiled-again')).floor).toEqual(floor)
  expect(await engine.measureFloor()).not.toEqual(floor)
})

it('a run that is paused and resumed ends with the same bits', async () => {
  let paused = false
  let asked = false
  await train('paused', (event) => {
    if (!asked && event.losses) {
      asked = true
      void engine.pause('paused')
    }
    if (event.paused) {
      paused = true
      void engine.resume('paused')
    }
  })
  expect(paused).toBe(true)
  expect(await weights('paused')).toEqual(undisturbed)
})

it('a run that is stopped goes on from where it was, says so, and ends with the same bits', async () => {
  const controller = new AbortController()
  const stopped = train('stopped', (event) => event.losses && controller.abort(), controller.signal)
  await expect(stopped).rejects.toMatchObject({ name: 'AbortError' })
  const { resumes, steps } = await train('stopped')
  expect(steps).toBe(8)
  expect(resumes).toEqual([{ fromStep: expect.any(Number), lostSteps: 0 }])
  expect(resumes[0]?.fromStep).toBeGreaterThan(0)
  expect(await weights('stopped')).toEqual(undisturbed)
})
