/** The headless runner keeps its contract: metrics, files, exit status, and the same bits for the same seed. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { z } from 'zod'
import { makeOtherCorpus, otherCorpus } from './support/corpus'
import { headless } from './support/headless'
import { microModelArguments, writeMicroNotebook } from './support/micro-notebook'

test.describe.configure({ timeout: 20 * 60_000 })

test('two runs with one seed in fresh profiles give the same weights, byte for byte, and all that the contract names', async ({
  browserName: _,
}, testInfo) => {
  const settings = ['--set', 'pretrain.steps=4', '--set', 'pretrain.lookEvery=4', ...microModelArguments]
  const args = ['--clips', makeOtherCorpus(), ...settings]
  const first = await headless(testInfo.outputPath('first'), args)
  expect(first.exitCode, first.stderr).toBe(0)
  expect(first.stdout).toBe('')
  expect(first.stderr).not.toContain('Failed to load')
  const second = await headless(testInfo.outputPath('second'), args)
  expect(second.exitCode, second.stderr).toBe(0)
  expect(second.read('weights.safetensors').equals(first.read('weights.safetensors'))).toBe(true)

  const { report } = first
  expect(report).toMatchObject({ adapter: expect.any(String), browser: expect.stringMatching(/\d/), seed: 1 })
  expect(report?.fingerprint).not.toBe('')
  expect(report?.cells.map(({ id, status }) => `${id} ${status}`)).toEqual(
    ['intro', 'corpus', 'spectrogram', 'model', 'pretrain', 'embed', 'probe', 'export'].map((id) => `${id} done`),
  )
  const metricsOf = (id: string) => report?.cells.find((cell) => cell.id === id)?.metrics
  const { titles, snippets, languages, brokenFile } = otherCorpus
  expect(metricsOf('corpus')).toMatchObject({
    titles,
    snippets,
    tracks: titles * languages.length,
    problems: [{ file: brokenFile, message: expect.any(String) }],
  })
  expect(metricsOf('pretrain')).toMatchObject({
    steps: 4,
    initialLoss: expect.any(Number),
    finalLoss: expect.any(Number),
    clipsPerSecond: expect.any(Number),
    resumes: [],
  })
  expect(metricsOf('embed')).toMatchObject({
    count: snippets * (languages.length + 1),
    dimension: 8,
    chanceR1: expect.closeTo(1 / snippets, 12),
  })
  expect(metricsOf('probe')).toMatchObject({
    tasks: expect.arrayContaining([
      expect.objectContaining({ name: 'scene', modality: 'audio', metric: 'accuracy', n: snippets }),
      expect.objectContaining({ name: 'language', modality: 'audio' }),
    ]),
  })

  const losses = first.read('loss.csv').toString('utf8').trim().split('\n')
  expect(losses).toHaveLength(5)
  expect(losses[0]).toBe('step,L,Lv,La,total,learningRate,gradientNorm')
  const rows = first.read('embeddings.csv').toString('utf8').trim().split('\n')
  expect(rows[0]).toBe('modality,row,file,start,end,language')
  expect(rows).toHaveLength(1 + snippets * (languages.length + 1))
  expect(npyShape(first.read('embeddings-audio.npy'))).toBe(`(${snippets * languages.length}, 8)`)
  expect(npyShape(first.read('embeddings-video.npy'))).toBe(`(${snippets}, 8)`)
})

/** The shape in the header of an npy file of little-endian float32 numbers. */
function npyShape(file: Buffer): string {
  expect(file.toString('latin1', 0, 6)).toBe('\x93NUMPY')
  const header = file.toString('latin1', 10, 10 + file.readUInt16LE(8))
  expect(header).toContain("'descr': '<f4'")
  return /'shape': (\([^)]*\))/.exec(header)?.[1] ?? header
}

test('a folder without one usable clip ends with an error that names the file', async ({
  browserName: _,
}, testInfo) => {
  const folder = testInfo.outputPath()
  writeFileSync(join(folder, 'holiday.mp4'), 'not a film')
  const { exitCode, stderr, report } = await headless(join(folder, 'out'), ['--clips', folder])
  expect(exitCode).toBe(1)
  expect(stderr).toMatch(/^corpus: failed: .*holiday\.mp4/m)
  expect(report?.cells.find(({ id }) => id === 'corpus')).toMatchObject({ status: 'failed' })
  expect(report?.cells.find(({ id }) => id === 'pretrain')).toMatchObject({ status: 'skipped' })
})

test('a setting that does not exist is refused, with the ones that do', async ({ browserName: _ }, testInfo) => {
  const { exitCode, stderr } = await headless(testInfo.outputPath('out'), ['--set', 'pretrain.stepps=40'])
  expect(exitCode).toBe(1)
  expect(stderr).toContain('pretrain has no setting "stepps"; it has: variant, ')
})

test('a run that is killed again and again, runner and browser, goes on from its checkpoints to the same weights @long', async ({
  browserName: _,
}, testInfo) => {
  const settings = { steps: 120, checkpointEverySteps: 5 }
  const notebook = writeMicroNotebook(testInfo.outputPath('run.dubbook.json'), settings)
  const args = ['--clips', makeOtherCorpus()]
  const whole = await headless(testInfo.outputPath('whole'), args, undefined, notebook)
  expect(whole.exitCode, whole.stderr).toBe(0)
  const out = testInfo.outputPath('killed')
  const kept = [...args, '--profile', testInfo.outputPath('profile')]
  const moments = [/Checking this GPU/, /Step \d+ of/, /Step [4-9]\d of/, /pretrain: running/, /Step [5-9]\d of/]
  for (const killAfter of moments) {
    const killed = await headless(out, kept, killAfter, notebook)
    expect(killed.exitCode, `${killAfter}: ${killed.stderr}`).toBe(null)
  }
  const resumed = await headless(out, kept, undefined, notebook)
  expect(resumed.exitCode, resumed.stderr).toBe(0)
  const { metrics } = resumed.report?.cells.find(({ id }) => id === 'pretrain') ?? {}
  const resumes = z.array(z.object({ fromStep: z.number(), lostSteps: z.number() })).parse(metrics?.resumes)
  const first = resumes.findIndex(({ fromStep }) => fromStep > 0)
  expect(first).toBeGreaterThanOrEqual(0)
  for (const { fromStep, lostSteps } of resumes.slice(first)) {
    expect(fromStep).toBeGreaterThan(0)
    expect(lostSteps).toBeLessThanOrEqual(settings.checkpointEverySteps)
  }
  expect(resumed.read('weights.safetensors').equals(whole.read('weights.safetensors'))).toBe(true)
})
