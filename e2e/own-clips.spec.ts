/** A researcher drops a folder of their own: another seed, size and set of languages, and one file that is broken. */
import { expect, test } from '@playwright/test'
import { makeOtherCorpus, otherCorpus } from './support/corpus'
import { cell, download, dropOnPage, expectDone, openNotebook, setSetting } from './support/notebook-page'
import { readSafetensors, tinyNames } from './support/weights'

test('a dropped folder with one broken file in it runs through, and the broken file is named', async ({ page }) => {
  test.setTimeout(20 * 60_000)
  const folder = makeOtherCorpus()
  await openNotebook(page)
  await expectDone(page, ['corpus'])
  await dropOnPage(page, [folder])
  const corpus = cell(page, 'corpus')
  const removeSamples = corpus.getByRole('button', { name: 'Remove the samples' })
  await removeSamples.waitFor({ timeout: 120_000 })
  await expectDone(page, ['corpus'])
  await removeSamples.click()
  await expect(corpus).toHaveAttribute('data-status', 'stale')
  await setSetting(page, 'pretrain', 'Steps', '3')
  await page.getByRole('button', { name: 'Run all' }).click()
  await expectDone(page, ['corpus', 'spectrogram', 'model', 'pretrain', 'embed', 'probe', 'export'])

  await expect(corpus.getByRole('row', { name: /title0\d\.mp4/ })).toHaveCount(otherCorpus.titles)
  await expect(corpus.getByRole('row', { name: otherCorpus.brokenFile })).toContainText('not used')
  await expect(cell(page, 'spectrogram').getByRole('img')).toHaveCount(otherCorpus.languages.length)
  const points = otherCorpus.snippets * (otherCorpus.languages.length + 1)
  await expect(cell(page, 'embed').locator('canvas[data-points]')).toHaveAttribute('data-points', String(points))
  const { tensors } = readSafetensors(await download(page, 'weights.safetensors'))
  expect([...tensors.keys()].sort()).toEqual(tinyNames())
})
