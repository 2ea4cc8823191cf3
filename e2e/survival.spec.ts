/** A GPU process that dies in the middle of a run costs the steps since the last checkpoint, and nothing else. */
import { type Browser, expect, type Page, test } from '@playwright/test'
import { cell, download, expectDone, openNotebook, setSetting } from './support/notebook-page'
import { readSafetensors } from './support/weights'

const steps = 8

/** Sets the sample notebook to a short run in a profile of its own. */
async function openShortRun(browser: Browser): Promise<Page> {
  const page = await (await browser.newContext()).newPage()
  await openNotebook(page)
  await expectDone(page, ['corpus', 'spectrogram'])
  await setSetting(page, 'pretrain', 'Steps', String(steps))
  await cell(page, 'pretrain').getByText('More settings').click()
  await setSetting(page, 'pretrain', 'Checkpoint every', '1')
  await setSetting(page, 'pretrain', 'Look at embeddings every', '0')
  return page
}

async function exportRun(page: Page) {
  await cell(page, 'export').getByRole('button', { name: 'Run' }).click()
  await expectDone(page, ['pretrain', 'export'])
  const [, ...lines] = (await download(page, 'loss.csv')).toString('utf8').trim().split('\n')
  return { losses: lines, weights: readSafetensors(await download(page, 'weights.safetensors')).tensors }
}

test('a run whose GPU process crashes says so, goes on by itself, and ends with the same bits as one left in peace', async ({
  browser,
}) => {
  test.setTimeout(25 * 60_000)
  const peaceful = await openShortRun(browser)
  const expected = await exportRun(peaceful)
  expect(expected.losses.map((line) => Number(line.split(',')[0]))).toEqual([...Array(steps).keys()])
  await peaceful.context().close()

  const page = await openShortRun(browser)
  const pretrain = cell(page, 'pretrain')
  await pretrain.getByRole('button', { name: 'Run' }).click()
  // Lines that last for less than a look at the page are not missed.
  await pretrain.evaluate((element) => {
    const said: string[] = []
    Object.assign(globalThis, { said })
    const note = () => said.push(element.querySelector('.meta')?.textContent ?? '')
    new MutationObserver(note).observe(element, { subtree: true, childList: true, characterData: true })
  })
  await expect(pretrain).toContainText(/step [3-6] of 8/i, { timeout: 5 * 60_000 })
  // Once per launch of the browser: after a second crash Chromium gives no adapter for minutes.
  const devtools = await browser.newBrowserCDPSession()
  // The command never answers: the process that would is gone.
  void devtools.send('Browser.crashGpuProcess').catch(() => undefined)
  const { losses, weights } = await exportRun(page)
  expect(await page.evaluate(() => Reflect.get(globalThis, 'said'))).toContainEqual(
    expect.stringContaining('The GPU was lost'),
  )
  await expect(pretrain.getByText(/Went on from step [1-7]/)).toBeVisible()
  expect(losses).toEqual(expected.losses)
  expect([...weights.keys()]).toEqual([...expected.weights.keys()])
  for (const [name, { bytes }] of weights)
    expect(bytes.equals(expected.weights.get(name)?.bytes ?? bytes.subarray(0, 0)), name).toBe(true)
})
