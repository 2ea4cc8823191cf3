/** A GPU process that dies in the middle of a run costs the steps since the last checkpoint, and nothing else. */
import { expect, test } from '@playwright/test'
import { makeOtherCorpus } from './support/corpus'
import { cell, download, dropOnPage, expectDone, openNotebook, setSetting } from './support/notebook-page'

test('a run whose GPU process crashes goes on from its checkpoint to all its steps @long', async ({
  page,
  browser,
}) => {
  test.setTimeout(15 * 60_000)
  await openNotebook(page)
  await expectDone(page, ['corpus', 'spectrogram'])
  await dropOnPage(page, [makeOtherCorpus()])
  await expectDone(page, ['corpus'])
  await setSetting(page, 'pretrain', 'Steps', '10')
  const pretrain = cell(page, 'pretrain')
  await pretrain.getByText('More settings').click()
  await setSetting(page, 'pretrain', 'Checkpoint every', '1')
  await pretrain.getByRole('button', { name: 'Run' }).click()
  await expect(pretrain).toContainText(/step [4-9] of 10/i, { timeout: 300_000 })
  const devtools = await browser.newBrowserCDPSession()
  // The command never answers: the process that would is gone.
  void devtools.send('Browser.crashGpuProcess').catch(() => undefined)
  await expect(pretrain).toHaveAttribute('data-status', 'done', { timeout: 600_000 })
  await cell(page, 'export').getByRole('button', { name: 'Run' }).click()
  await expectDone(page, ['export'])
  const losses = (await download(page, 'loss.csv')).toString('utf8').trim().split('\n')
  expect(losses.slice(1).map((line) => Number(line.split(',')[0]))).toEqual([...Array(10).keys()])
})
