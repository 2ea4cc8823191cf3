import { expect, test } from 'vitest'
import { mvitShape } from '../schema/mvit'
import { networkConfig } from '../schema/presets'
import { completeSettings } from '../schema/settings'
import { networkParameters, stageRows } from './model-table'

const shapes = (preset: string, patch: string) => {
  const config = networkConfig(completeSettings('model', { preset, patch }))
  return { video: mvitShape(config.video), audio: mvitShape(config.audio) }
}

test.each([
  ['S', 'non-overlap', 34.2, 34.04],
  ['S', 'overlap', 34.23, 34.08],
  ['B', 'non-overlap', 50.83, 50.61],
  ['B', 'overlap', 50.89, 50.67],
])('%s with %s patches has %f M video and %f M audio parameters', (preset, patch, video, audio) => {
  const { video: v, audio: a } = shapes(preset, patch)
  expect(networkParameters(v) / 1e6).toBeCloseTo(video, 2)
  expect(networkParameters(a) / 1e6).toBeCloseTo(audio, 2)
})

test('the stages of S are those of the paper’s network: 6273 video tokens narrow to 8x4x4 at width 768', () => {
  const rows = stageRows(shapes('S', 'non-overlap').video)
  expect(rows.map(({ name }) => name)).toEqual([
    'patches',
    'block 0',
    'blocks 1–2',
    'blocks 3–13',
    'blocks 14–15',
    'norm',
  ])
  expect(rows[0]?.tokens).toBe(6273)
  expect(rows.at(-2)).toMatchObject({ grid: [8, 4, 4], width: 768, heads: 8 })
})
