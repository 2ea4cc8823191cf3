/** Benchmarks given to the headless runner: folders in, metrics and files out, to the letter of the contract. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { root } from '../scripts/install.mjs'
import { parseCsv } from '../src/formats/csv'
import type { Settings } from '../src/schema/notebook'
import { writeChordTask, writeLabelledClips, writeLvu, writePitchTask } from './support/benchmarks'
import { headless } from './support/headless'
import { microModel } from './support/micro-notebook'

test.describe.configure({ timeout: 10 * 60_000 })

/** A notebook that pretrains for one step on the samples and probes what comes of it. @param more - further cells */
function writeNotebook(folder: string, model: Settings, more: readonly object[] = []): string {
  mkdirSync(folder, { recursive: true })
  const notebook = join(folder, 'benchmarks.dubbook.json')
  const cells = [
    { id: 'corpus', kind: 'corpus' },
    { id: 'model', kind: 'model', settings: model },
    { id: 'pretrain', kind: 'pretrain', inputs: ['corpus', 'model'], settings: { steps: 1, batch: 2 } },
    { id: 'probe', kind: 'probe', inputs: ['pretrain'], settings: { grid: 'quick' } },
    ...more,
  ]
  writeFileSync(notebook, JSON.stringify({ version: 1, title: 'Benchmarks', seed: 1, cells }))
  return notebook
}

test('a parent of HEAR tasks gives a row and three files per task, which agree with each other', async ({
  browserName: _,
}, testInfo) => {
  const folder = testInfo.outputPath()
  const tasks = join(folder, 'tasks')
  writePitchTask(tasks)
  writeChordTask(tasks)
  rmSync(join(tasks, writePitchTask(tasks, 'broken'), 'fold01.json'))
  const damaged = join(tasks, writePitchTask(tasks, 'damaged'), '48000/fold02/fold02-7.wav')
  writeFileSync(damaged, 'no sound')
  const args = ['--clips', join(root, 'public/samples'), '--folder', `probe=${tasks}`]
  const run = await headless(join(folder, 'out'), args, undefined, writeNotebook(folder, { preset: 'tiny' }))
  expect(run.exitCode, run.stderr).toBe(0)
  const metrics = run.report?.cells.find(({ id }) => id === 'probe')?.metrics as {
    tasks: Record<string, unknown>[]
    problems: unknown[]
  }
  expect(metrics.tasks).toEqual([
    expect.objectContaining({ name: 'chords', modality: 'audio', metric: 'mAP', std: 0, n: 16, folds: 1, chance: 0.5 }),
    expect.objectContaining({ name: 'pitch', modality: 'audio', metric: 'top1_acc', n: 60, folds: 3, chance: 0.5 }),
  ])
  expect(metrics.tasks[1]?.value).toBeGreaterThan(0.95)

  expect(metrics.problems).toEqual([
    { file: 'broken-v1-full', message: expect.stringContaining('broken-v1-full/fold01.json is missing') },
    {
      file: 'damaged-v1-full',
      message: expect.stringContaining('damaged-v1-full/48000/fold02/fold02-7.wav cannot be read: it is no WAV file.'),
    },
  ])

  const rows = (name: string) => parseCsv(run.read(name).toString('utf8')).map(({ fields }) => fields)
  const [indexHead, ...index] = rows('pitch-v1-full/index.csv')
  expect(indexHead).toEqual(['file', 'split', 'labels'])
  expect(index.length).toBe(60)
  const npy = run.read('pitch-v1-full/embeddings.npy')
  expect(npy.toString('latin1')).toMatch(/'shape': \(60, \d+\)/)
  const [head, ...predictions] = rows('pitch-v1-full/predictions.csv')
  expect(head).toEqual(['file', 'fold', 'truth', 'high', 'low'])
  expect(new Set(predictions.map(([file]) => file)).size).toBe(60)
  const labelOf = new Map(index.map(([file, , labels]) => [file, labels]))
  let right = 0
  for (const [file = '', fold, truth, high, low] of predictions) {
    expect(file).toContain(`${fold}-`)
    expect(truth).toBe(labelOf.get(file))
    expect(Number(high) + Number(low)).toBeCloseTo(1, 5)
    if (truth === (Number(high) >= Number(low) ? 'high' : 'low')) right++
  }
  // Folds are of one size, so the mean over folds is that over items.
  expect(metrics.tasks[1]?.value).toBeCloseTo(right / 60, 12)
  const [chordHead, ...chords] = rows('chords-v1-full/predictions.csv')
  expect(chordHead).toEqual(['file', 'fold', 'truth', 'high', 'low', 'middle'])
  expect(chords.length).toBe(16)
  expect(chords.map(([, , truth]) => truth)).toContain('high|low|middle')
})

test('an LVU split over the sample clips gives rows for sound, picture and both, and says how many clips were there; labels of our own are probed beside it', async ({
  browserName: _,
}, testInfo) => {
  const folder = testInfo.outputPath()
  const samples = join(root, 'public/samples')
  writeLvu(join(folder, 'lvu'), samples)
  writeLabelledClips(join(folder, 'clips'), samples)
  const args = [
    ...['--clips', join(folder, 'clips'), '--folder', `probe=${join(folder, 'lvu')}`],
    ...['--set', 'probe.epochs=10', '--set', 'probe.crops=5'],
  ]
  const own = { id: 'own', kind: 'probe', inputs: ['pretrain'], settings: { epochs: 20 } }
  const run = await headless(join(folder, 'out'), args, undefined, writeNotebook(folder, microModel, [own]))
  expect(run.exitCode, run.stderr).toBe(0)
  const metricsOf = (cell: string) =>
    run.report?.cells.find(({ id }) => id === cell)?.metrics as {
      tasks: { value: number; recipe: string; metric: string }[]
    }
  const metrics = metricsOf('probe')
  const row = { name: 'scene', metric: 'top1_acc', chance: 0.5, n: 2, listed: 3, folds: 1 }
  expect(metrics).toMatchObject({
    tasks: ['audio', 'video', 'audio+video'].map((modality) => ({ ...row, modality })),
    problems: [{ file: 'scene', message: 'scene: 2 of 3 clips of test are here.' }],
  })
  expect(metrics.tasks[1]?.recipe).toContain('5 crops')
  const shapeOf = (name: string) => run.read(`${name}/embeddings.npy`).toString('latin1')
  expect(shapeOf('scene-audio')).toMatch(/'shape': \(6, 8\)/)
  expect(shapeOf('scene-audio-video')).toMatch(/'shape': \(5, 16\)/)
  const [head, ...predictions] = parseCsv(run.read('scene-video/predictions.csv').toString('utf8'))
  expect(head?.fields).toEqual(['file', 'fold', 'truth', 'office', 'airport'])
  expect([...new Set(predictions.map(({ fields }) => fields[1]))]).toEqual(
    [0, 1, 2, 3, 4].map((seed) => `seed ${seed}`),
  )
  const right = predictions.filter(
    ({ fields: [, , truth, office, airport] }) => truth === (Number(office) >= Number(airport) ? 'office' : 'airport'),
  )
  expect(metrics.tasks[1]?.value).toBeCloseTo(right.length / predictions.length, 12)

  const weather = { name: 'weather', metric: 'mAP', n: 6, folds: 6, interval: null }
  expect(metricsOf('own').tasks).toEqual([
    expect.objectContaining({ ...weather, modality: 'audio', chance: 8 / 12 }),
    expect.objectContaining({ ...weather, modality: 'video', chance: 8 / 12 }),
    expect.objectContaining({ name: 'language', metric: 'accuracy' }),
  ])
})
