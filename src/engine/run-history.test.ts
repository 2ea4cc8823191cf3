/** Runs are kept, renamed, deleted, carried to another browser and branched from, on the real engine with sample clips. */
import { beforeAll, expect, it } from 'vitest'
import { branchText } from '../schema/run-record'
import { startEngine } from './client'
import { smallRuns } from './small-run.testing'

const engine = startEngine()
const runs = smallRuns(engine)
const kept = async (name: string) => (await engine.listRuns()).find(({ record }) => record.hash.endsWith(`-${name}`))
const hashOf = async (name: string) => (await kept(name))?.record.hash ?? 'none'

beforeAll(async () => {
  await runs.openCorpus()
  await runs.train('parent', undefined, { changes: { keepEvery: 3 } })
})

it('a finished run is listed with settings, seed, program, adapter, losses and the checkpoints that were asked for', async () => {
  const run = await kept('parent')
  expect(run?.checkpoints).toEqual([3, 6, 8])
  expect(run?.bytes).toBeGreaterThan(10_000)
  expect(run?.record).toMatchObject({ seed: 11, step: 8, finished: true, imported: false, branchFrom: '' })
  expect(run?.record.settings).toMatchObject({ model: { embedDim: 8 }, pretrain: { keepEvery: 3, batch: 4 } })
  expect(run?.record.codeVersion).toMatch(/^\d+\.\d+\.\d+/)
  expect(run?.record.devices).toEqual([{ fromStep: 0, device: expect.stringContaining('Chrom') }])
  expect(run?.record.losses.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
})

it('a branch with the same settings ends with the bits of its parent', async () => {
  const branchFrom = branchText({ hash: await hashOf('parent'), step: 6 })
  const told: string[] = []
  const metrics = await runs.train('branch', ({ message }) => told.push(message), { changes: { branchFrom } })
  expect(metrics).toMatchObject({ steps: 8, resumes: [] })
  expect(told.filter((message) => /Step [1-6] of/.test(message))).toEqual([])
  expect(await runs.weights('branch')).toEqual(await runs.weights('parent'))
  const [parent, branch] = [await kept('parent'), await kept('branch')]
  expect(branch?.record.losses).toEqual(parent?.record.losses)
})

it('a branch goes on with other settings, and further', async () => {
  const branchFrom = branchText({ hash: await hashOf('parent'), step: 8 })
  const metrics = await runs.train('longer', undefined, { changes: { branchFrom, steps: 10, learningRate: 1e-4 } })
  expect(metrics.steps).toBe(10)
  const losses = (await kept('longer'))?.record.losses ?? []
  expect(losses.slice(0, 8)).toEqual((await kept('parent'))?.record.losses)
  expect(losses[9]?.learningRate).toBeLessThan(1e-4)
})

it('a branch beyond its own steps, or from what is not stored, says so', async () => {
  const hash = await hashOf('parent')
  const from = (branchFrom: string) => runs.train('wrong', undefined, { changes: { branchFrom } })
  await expect(from(branchText({ hash, step: 8 }))).rejects.toThrow('branches off after step 8 and has 8 steps')
  await expect(from(branchText({ hash, step: 5 }))).rejects.toThrow('step 5 that this run branches from is not stored')
  await expect(from('yesterday')).rejects.toThrow('"yesterday" is no checkpoint')
})

it('a run that was stopped can be branched from, though it goes on and clears its own checkpoints', async () => {
  const stop = new AbortController()
  const told = runs.train('stopped', ({ losses = [] }) => losses.some(({ step }) => step >= 3) && stop.abort(), {
    signal: stop.signal,
  })
  await expect(told).rejects.toThrow()
  const stopped = await kept('stopped')
  const step = stopped?.record.step ?? 0
  expect(stopped?.record.finished).toBe(false)
  expect(stopped?.checkpoints).toEqual([step])
  await engine.keepBranchPoint({ hash: stopped?.record.hash ?? '', step })
  await runs.train('stopped')
  expect((await kept('stopped'))?.checkpoints).toEqual([step, 8])
  await runs.train('from-stopped', undefined, {
    changes: { branchFrom: branchText({ hash: await hashOf('stopped'), step }) },
  })
  expect(await runs.weights('from-stopped')).toEqual(await runs.weights('stopped'))
})

it('a run is renamed; the name outlives what the run writes later', async () => {
  await engine.renameRun(await hashOf('parent'), '  With dubs  ')
  expect((await kept('parent'))?.record.name).toBe('With dubs')
  await runs.train('parent', undefined, { changes: { keepEvery: 3 } })
  expect((await kept('parent'))?.record.name).toBe('With dubs')
})

it('a run leaves as a file, is deleted, comes back from it, and is branched from to the same bits', async () => {
  const before = await kept('parent')
  const hash = before?.record.hash ?? ''
  const weights = await runs.weights('parent')
  const file = new File([await engine.exportRun(hash)], 'a.dubrun')
  await expect(engine.importRun(file)).rejects.toThrow('in this browser already')
  await engine.deleteRun(hash)
  expect(await kept('parent')).toBeUndefined()
  expect(await engine.load('pretrain', hash)).toBeNull()
  expect(await engine.importRun(file)).toMatchObject({ hash, name: 'With dubs', imported: true })
  const after = await kept('parent')
  expect(after?.checkpoints).toEqual([8])
  expect(after?.record.losses).toEqual(before?.record.losses)
  await runs.train('back', undefined, { changes: { branchFrom: branchText({ hash, step: 8 }), steps: 9 } })
  expect((await kept('back'))?.record.losses.slice(0, 8)).toEqual(before?.record.losses)
  expect(await runs.weights('back')).not.toEqual(weights)
})

it('what is no exported run is refused with the reason, and nothing is kept of it', async () => {
  const count = (await engine.listRuns()).length
  const imported = (content: BlobPart) => engine.importRun(new File([content], 'x.dubrun'))
  await expect(imported('hello')).rejects.toThrow('x.dubrun is no exported run: The zip archive is damaged')
  const whole = await (await engine.exportRun(await hashOf('branch'))).arrayBuffer()
  await expect(imported(whole.slice(0, whole.byteLength / 2))).rejects.toThrow('x.dubrun is no exported run')
  const text = new TextDecoder('latin1').decode(whole)
  const bytes = new Uint8Array(whole)
  bytes[text.indexOf('"seed": 11') + 8] = '-'.charCodeAt(0)
  await expect(imported(bytes)).rejects.toThrow('run.json: seed')
  expect(await engine.listRuns()).toHaveLength(count)
})
