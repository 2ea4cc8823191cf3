/** What a user does with runs: repeat one with another setting, compare, rename, branch, delete, carry one elsewhere. */
import AxeBuilder from '@axe-core/playwright'
import { expect, test } from '@playwright/test'
import { writeMicroNotebook } from './support/micro-notebook'
import { cell, dropOnPage, expectDone, openNotebook, setSetting } from './support/notebook-page'

test('runs are repeated, compared, renamed, branched from, carried to another browser and deleted', async ({
  page,
  browser,
}, testInfo) => {
  test.setTimeout(15 * 60_000)
  const notebook = writeMicroNotebook(testInfo.outputPath('run.dubbook.json'), { steps: 6, keepEvery: 2 })
  await openNotebook(page)
  await dropOnPage(page, [notebook])
  await expect(page.locator('section[data-cell]')).toHaveCount(4)
  const first = cell(page, 'pretrain')
  await first.getByRole('button', { name: 'Run Pretrain' }).click()
  await expectDone(page, ['pretrain'])
  const history = first.locator('.run-history')
  await history.getByText('Run history').click()
  await expect(history.locator('tr[data-run]')).toHaveCount(1)
  await history.getByRole('button', { name: /^Rename/ }).click()
  await page.keyboard.type('Parent')
  await page.keyboard.press('Enter')
  await expect(history.locator('tr[data-run="Parent"]')).toContainText('6 of 6')

  // The same settings once more, but for one.
  await history.getByRole('button', { name: 'New run from these settings' }).click()
  const second = cell(page, 'pretrain-2')
  await expect(second).toBeVisible()
  await setSetting(page, 'pretrain-2', 'Temperature', '0.2')
  await second.getByRole('button', { name: /^Run / }).click()
  await expectDone(page, ['pretrain-2'])

  // A branch from a checkpoint in the middle ends where its parent ended.
  await history.getByLabel('Checkpoint of Parent').selectOption('step 2')
  await history.getByRole('button', { name: 'Branch from Parent' }).click()
  const branch = cell(page, 'pretrain-3')
  await expect(branch.getByLabel('Branches from')).toHaveValue(/@2$/)
  await branch.getByRole('button', { name: /^Run / }).click()
  await expectDone(page, ['pretrain-3'])
  const lossOf = (id: string) => cell(page, id).locator('dl.stats dd').first().textContent()
  expect(await lossOf('pretrain-3')).toBe(await lossOf('pretrain'))
  expect(await lossOf('pretrain-2')).not.toBe(await lossOf('pretrain'))

  // Opened again, the history has all three; two are compared.
  await history.getByText('Run history').click()
  await history.getByText('Run history').click()
  await expect(history.locator('tr[data-run]')).toHaveCount(3)
  await history.getByRole('checkbox', { name: 'Compare Parent', exact: true }).check()
  await history.getByText('Settings, seed, program and adapter').click()
  const all = history.getByRole('table', { name: 'Settings, seed, program and adapter' })
  await expect(all.getByRole('row', { name: /^Keep a checkpoint every/ })).toContainText('2')
  await expect(all.getByRole('row', { name: /^Computed by/ })).toContainText('Chrom')
  await expect(all.getByRole('row', { name: /^Dubbook/ })).toContainText(/\d+\.\d+/)
  for (const box of await history.getByRole('checkbox', { name: /^Compare/ }).all()) await box.check()
  await expect(history.getByRole('img', { name: 'L of 3 runs by step' })).toBeVisible()
  const settings = history.getByRole('table', { name: 'Settings that differ' })
  await expect(settings.getByRole('row', { name: /^Temperature/ })).toContainText('0.2')
  await expect(settings.getByRole('row', { name: /^Branches from/ })).toContainText('@2')
  await expect(settings.getByRole('row')).toHaveCount(3)
  for (const [width, height, colorScheme] of [
    [1440, 900, 'light'],
    [390, 844, 'dark'],
  ] as const) {
    await page.setViewportSize({ width, height })
    await page.emulateMedia({ colorScheme })
    await history.scrollIntoViewIfNeeded()
    await history.screenshot({ path: testInfo.outputPath(`history-${width}-${colorScheme}.png`) })
    expect((await new AxeBuilder({ page }).include('.run-history').analyze()).violations).toEqual([])
  }
  await page.setViewportSize({ width: 1440, height: 900 })

  // As a file it goes to another browser, where it is listed.
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    history.getByRole('button', { name: 'Export Parent', exact: true }).click(),
  ])
  expect(file.suggestedFilename()).toBe('Parent.dubrun')
  const path = testInfo.outputPath('Parent.dubrun')
  await file.saveAs(path)
  const other = await (await browser.newContext()).newPage()
  await openNotebook(other)
  const theirs = cell(other, 'pretrain').locator('.run-history')
  await theirs.getByText('Run history').click()
  await theirs.getByLabel('Import a run').setInputFiles(path)
  await expect(theirs.locator('tr[data-run="Parent"]')).toContainText('imported')
  await theirs.getByLabel('Import a run').setInputFiles(notebook)
  await expect(theirs.getByRole('alert')).toContainText('run.dubbook.json is no exported run')
  await other.context().close()

  // Deleted after a second press; the cell that showed it has not been run any more.
  await history.getByRole('button', { name: 'Delete Parent', exact: true }).click()
  await history.getByRole('button', { name: 'Really delete Parent', exact: true }).click()
  await expect(history.locator('tr[data-run]')).toHaveCount(2)
  await expect(first).toHaveAttribute('data-status', 'never')
})
