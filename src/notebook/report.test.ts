/** The report says of every cell how it ended, whatever state the run was left in. */
import { expect, test } from 'vitest'
import { parseNotebook } from '../schema/notebook'
import type { CellState } from './cell-state'
import { buildReport } from './report'

const notebook = parseNotebook({
  version: 1,
  title: 'Report',
  seed: 7,
  cells: [
    { id: 'clips', kind: 'corpus', media: 'samples' },
    { id: 'net', kind: 'model', settings: { preset: 'small' } },
    { id: 'train', kind: 'pretrain', settings: { batch: 16 }, inputs: ['clips', 'net'] },
  ],
})
const check = {
  ...{ adapter: 'SwiftShader', browser: 'Chromium 1', shaderHash: '0f', date: '2026-01-01T00:00:00.000Z' },
  ...{ references: [], families: [], problem: null, complete: true },
}
const engine = {
  ...{ adapter: 'SwiftShader', software: true, browser: 'Chromium 1', fingerprint: 'abc' },
  ...{ variants: 'matmul=quad', check, tuning: null, floor: null },
  details: { features: [], limits: {}, subgroupSizes: null },
}
const reportOf = (cells: Record<string, CellState>) => buildReport(notebook, cells, engine).cells

test('a finished cell reports its metrics, its duration and all its settings, defaults included', () => {
  const none = { averageDubs: 0, averageDubsOfDubbed: 0, languages: [], originals: [], genres: [] }
  const metrics = {
    titles: 2,
    tracks: 6,
    snippets: 4,
    statistics: { instances: 4, hours: 0.01, ...none },
    problems: [],
  }
  const result = { kind: 'corpus', titles: [], problems: [], metrics } as const
  const [clips] = reportOf({ clips: { status: 'done', result, durationS: 1.5, losses: [] } })
  expect(clips).toEqual({
    id: 'clips',
    kind: 'corpus',
    status: 'done',
    durationS: 1.5,
    settings: { snippetS: 10 },
    metrics,
  })
})

test('a failed cell reports why, and a cell below it that it was skipped', () => {
  const [clips, , train] = reportOf({
    clips: { status: 'failed', error: 'a.txt is no video.', losses: [] },
    train: { status: 'skipped', error: 'Not run: "Clips" above has failed.', losses: [] },
  })
  expect(clips).toMatchObject({ status: 'failed', error: 'a.txt is no video.', metrics: {} })
  expect(train).toMatchObject({ status: 'skipped', error: 'Not run: "Clips" above has failed.' })
})

test('a run cut short reports no cell as done that is not', () => {
  const [clips, net, train] = reportOf({
    clips: { status: 'stale', staleBecause: 'stopped before it finished', losses: [] },
    train: { status: 'running', losses: [] },
  })
  expect(clips).toMatchObject({ status: 'skipped', error: 'Not run: stopped before it finished.' })
  expect(net).toMatchObject({ status: 'skipped', error: 'Not run.' })
  expect(train).toMatchObject({ status: 'failed', error: 'It was stopped before it finished.' })
})

test('settings that depend on others are reported as they were used', () => {
  const [, net, train] = reportOf({})
  expect(net?.settings).toMatchObject({ preset: 'small', videoFrames: 8, videoSize: 112 })
  expect(train?.settings).toMatchObject({ batch: 16, learningRate: 1e-4 })
})

test('the report names adapter, browser, fingerprint, the check of the GPU and seed once', () => {
  const { cells: _, ...head } = buildReport(notebook, {}, engine)
  expect(head).toEqual({ adapter: 'SwiftShader', browser: 'Chromium 1', fingerprint: 'abc', gpuCheck: check, seed: 7 })
})
