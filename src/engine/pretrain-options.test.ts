/** What a run can be asked for beside the paper's defaults, each through the real engine. */
import { beforeAll, expect, it } from 'vitest'
import type { Settings } from '../schema/notebook'
import { startEngine } from './client'
import { smallRuns } from './small-run.testing'

const engine = startEngine()
const runs = smallRuns(engine)
beforeAll(() => runs.openCorpus())

it('every view preset at once, naive sampling and CLIP’s form of the loss train to finite numbers', async () => {
  const changes = {
    steps: 2,
    lossForm: 'clip',
    sampler: 'uniform',
    dub: 'pair',
    dubLanguages: 'en+ja',
    primary: 'random',
    temporalJitterS: 1,
    crop: 'area',
    colours: 'SimCLR-video',
    masks: 'SpecAugment',
  }
  const metrics = await runs.train('options', undefined, { changes })
  expect(metrics).toMatchObject({ steps: 2, skippedSteps: 0, batch: 4, chanceLoss: Math.log(4) })
  expect(metrics.finalLoss).toBeGreaterThan(0)
  expect(metrics.runs).toMatchObject([{ variant: 'none', parent: null, instances: 6, averageDubs: 3 }])
})

it('a filter that leaves no title says what it asks for and what to change', async () => {
  const changes = { originalLanguages: 'not en', minTracks: 2 }
  await expect(runs.train('nothing left', undefined, { changes })).rejects.toThrow(
    'None of the 2 titles is left to train on: this run takes titles whose original language is not en and with at least 2 languages.',
  )
})

it('an objective of nothing but zeros says that nothing is learnt; a learning rate of zero does not rise', async () => {
  const settings = { steps: 1, crossWeight: 0, learningRate: 0 }
  expect((await runs.train('zeros', undefined, { changes: settings })).notes).toContainEqual(
    expect.stringContaining('nothing is learnt'),
  )
  const kept = (await engine.listRuns()).find(({ record }) => record.hash.endsWith('-zeros'))
  expect(kept?.record.losses[0]).toMatchObject({ total: 0, learningRate: 0 })
})

it('settings that contradict each other are refused before anything is computed', async () => {
  const refused = (changes: Settings) => expect(runs.train('contradiction', undefined, { changes })).rejects
  await refused({ scaleMin: 2, scaleMax: 1 }).toThrow('Scale jitter goes from 2 to 1 × crop')
  await refused({ dub: 'pair', dubLanguages: 'en' }).toThrow('a pair is two languages')
  await refused({ hasLanguages: 'not en' }).toThrow('"not en" leaves languages out')
})

it('speech removal without stems says which track it wants', async () => {
  await expect(runs.train('no stems', undefined, { changes: { soundtrack: 'background' } })).rejects.toThrow(/zxx/)
})
