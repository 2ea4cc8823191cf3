/** The paper's variants: the headless runner trains what a variant starts from, the page asks before it does. */
import { expect, test } from '@playwright/test'
import { makeOtherCorpus } from './support/corpus'
import { type HeadlessRun, headless } from './support/headless'
import { writeMicroNotebook } from './support/micro-notebook'
import { cell, dropOnPage, expectDone, openNotebook, setSetting } from './support/notebook-page'
import { readSafetensors } from './support/weights'

/** All weights of a run; the file's header also names the notebook, which differs. */
const dataOf = (run: HeadlessRun): Buffer =>
  Buffer.concat([...readSafetensors(run.read('weights.safetensors')).tensors.values()].map(({ bytes }) => bytes))

test.describe.configure({ timeout: 20 * 60_000 })

test('A.4 runs its parent A.2 first and reports both; what shares the parent computes it once', async ({
  browserName: _,
}, testInfo) => {
  const profile = ['--clips', makeOtherCorpus(), '--profile', testInfo.outputPath('profile')]
  const notebook = writeMicroNotebook(testInfo.outputPath('run.dubbook.json'), {})
  const run = (name: string, args: readonly string[]) =>
    headless(testInfo.outputPath(name), [...profile, ...args], undefined, notebook)
  const short = ['--set', 'pretrain.steps=1', '--set', 'pretrain.fineTuneShare=0.5']
  const first = await run('A.4', [...short, '--set', 'pretrain.variant=A.4'])
  expect(first.exitCode, first.stderr).toBe(0)
  const pretrain = first.report?.cells.find(({ id }) => id === 'pretrain')
  expect(pretrain?.settings).toMatchObject({ variant: 'A.4', dub: 'on', lambdaA: 0.2, lambdaV: 0, minTracks: 2 })
  expect(pretrain?.metrics.runs).toMatchObject([
    { variant: 'A.2', parent: null, steps: 2, averageDubs: expect.any(Number) },
    { variant: 'A.4', parent: 'A.2', steps: 1 },
  ])
  expect(first.read('loss.csv').toString('utf8').trim().split('\n')).toHaveLength(2)

  // The same parent alone: nothing is trained, and its weights are others than those of its child.
  const listed = ['--set', 'pretrain.variant=A.2', '--set', 'pretrain.steps=2', '--set', 'pretrain.fineTuneShare=0.5']
  const parent = await run('A.2', listed)
  expect(parent.exitCode, parent.stderr).toBe(0)
  expect(parent.stderr).not.toMatch(/pretrain: Step/)
  expect(parent.report?.cells.find(({ id }) => id === 'pretrain')?.metrics.runs).toMatchObject([{ variant: 'A.2' }])
  expect(dataOf(parent).equals(dataOf(first))).toBe(false)

  // Reproducing both finds both.
  const both = ['--set', 'pretrain.variant=A.4', ...short, '--set', 'pretrain.reproduce=A.2']
  const again = await run('both', both)
  expect(again.exitCode, again.stderr).toBe(0)
  expect(again.stderr).not.toMatch(/pretrain: .*Step/)
  expect(again.report?.cells.find(({ id }) => id === 'pretrain')?.metrics.runs).toEqual(pretrain?.metrics.runs)
  expect(dataOf(again).equals(dataOf(first))).toBe(true)
})

test('in the page A.3 does not start without A.1 and offers to run it first', async ({ page }, testInfo) => {
  await openNotebook(page)
  await dropOnPage(page, [writeMicroNotebook(testInfo.outputPath('run.dubbook.json'), {})])
  await expect(page.locator('section[data-cell]')).toHaveCount(4)
  const pretrain = cell(page, 'pretrain')
  await pretrain.getByText('The paper’s eleven variants (Table 1)').click()
  await expect(pretrain.locator('tr[data-variant]')).toHaveCount(11)
  // What stands above may still grow, and the row move away from under the pointer.
  await expect(() => pretrain.getByRole('radio', { name: 'A.3' }).check({ timeout: 5_000 })).toPass({ timeout: 60_000 })
  await expect(pretrain.getByText('Variant A.3: A.1 → A.3')).toBeVisible()
  await expect(pretrain.getByLabel('Dub augmentation')).toHaveValue('off')
  // What follows from the settings follows them.
  await setSetting(page, 'pretrain', 'Steps', '1')
  await expect(pretrain.getByText(/tokens a clip · .* parameters · .* 1 steps?: /)).toBeVisible()

  await pretrain.getByRole('button', { name: 'Run Pretrain' }).click()
  await expect(pretrain).toHaveAttribute('data-status', 'failed', { timeout: 5 * 60_000 })
  await expect(pretrain.getByRole('alert')).toContainText('A.3 starts from the final checkpoint of A.1')
  await pretrain.getByRole('button', { name: 'Run A.1 first, then A.3' }).click()
  await expectDone(page, ['pretrain'])
  const runs = pretrain.getByRole('table', { name: /^Runs, in the order/ }).getByRole('row')
  await expect(runs).toContainText(['Variant', 'A.1', 'A.3'])
  await expect(pretrain.getByText(/waiting for input|tell how long it waits/)).toBeVisible()
})

test('from the second epoch on training does not wait for its input, though clips are decoded for every step @long', async ({
  browserName: _,
}, testInfo) => {
  const { exitCode, stderr, report } = await headless(testInfo.outputPath('out'), ['--set', 'pretrain.steps=24'])
  expect(exitCode, stderr).toBe(0)
  const { inputWaitShare } = report?.cells.find(({ id }) => id === 'pretrain')?.metrics ?? {}
  expect(inputWaitShare).toBeLessThanOrEqual(0.02)
})
