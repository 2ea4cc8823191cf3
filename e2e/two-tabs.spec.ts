/** One notebook in two tabs: what is edited in one cannot be overwritten by the other. */
import { expect, test } from '@playwright/test'
import { openNotebook } from './support/notebook-page'

test('the second tab is read-only, says so, and takes over when the first is closed', async ({ context, page }) => {
  await openNotebook(page)
  await page.getByLabel('Notebook title').fill('Mine')
  const second = await context.newPage()
  await second.goto(page.url())
  await expect(second.getByText('open in another tab')).toBeVisible()
  await expect(second.getByLabel('Notebook title')).toBeDisabled()
  await expect(second.getByRole('button', { name: 'Run all' })).toBeDisabled()
  await second.keyboard.press('Control+Enter')
  await expect(second.locator('[data-status="running"][data-cell="pretrain"]')).toHaveCount(0)
  await page.close({ runBeforeUnload: true })
  await expect(second.getByText('open in another tab')).toBeHidden()
  await expect(second.getByLabel('Notebook title')).toHaveValue('Mine')
  await second.getByLabel('Notebook title').fill('Still mine')
})
