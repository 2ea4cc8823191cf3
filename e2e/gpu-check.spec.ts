/** Whoever doubts the numbers presses the GPU's name, has its kernels checked against PyTorch, and reads the result. */
import AxeBuilder from '@axe-core/playwright'
import { expect, type Locator, type Page, test } from '@playwright/test'
import { openNotebook } from './support/notebook-page'

const looks = [
  { name: '1440-light', viewport: { width: 1440, height: 900 }, colorScheme: 'light' },
  { name: '1440-dark', viewport: { width: 1440, height: 900 }, colorScheme: 'dark' },
  { name: '390-light', viewport: { width: 390, height: 844 }, colorScheme: 'light' },
  { name: '390-dark', viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
] as const

async function expectGoodLooks(page: Page, state: string): Promise<void> {
  for (const { name, viewport, colorScheme } of looks) {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize(viewport)
    await page.screenshot({ path: `test-results/screenshots/gpu-${state}-${name}.png` })
    const { violations } = await new AxeBuilder({ page }).include('dialog').analyze()
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(viewport.width)
  }
}

const settled = async (panel: Locator) => expect(panel.getByRole('progressbar')).toHaveCount(0, { timeout: 8 * 60_000 })

test('the GPU’s name opens its check; the result names every kernel variant and how far it is from PyTorch', async ({
  page,
}) => {
  await openNotebook(page)
  const chip = page.getByRole('button', { name: /WebGPU.*not checked yet/ })
  await chip.focus()
  await page.keyboard.press('Enter')
  const panel = page.getByRole('dialog', { name: 'Check this GPU' })

  await test.step('before the check it says what will happen; a check can be cancelled', async () => {
    await expect(panel.getByRole('status')).toContainText('not checked yet')
    await panel.getByRole('button', { name: 'Check this GPU' }).click()
    await expect(panel.getByRole('progressbar', { name: 'Checking this GPU' })).toBeVisible()
    await panel.getByRole('button', { name: 'Cancel' }).click()
    await settled(panel)
    await expect(panel.getByRole('alert')).toHaveCount(0)
  })

  await test.step('the check passes, and its result can be read', async () => {
    await panel.getByRole('button', { name: 'Check this GPU' }).click()
    await expect(panel.getByRole('progressbar', { name: 'Checking this GPU' })).toBeVisible()
    await settled(panel)
    await expect(panel.getByRole('status')).toContainText('passed')
    const kernels = panel.getByRole('table', { name: 'Kernels that come in variants' })
    for (const variant of ['quad', 'registers', 'workgroup', 'tiles', 'matrix'])
      await expect(
        kernels.getByRole('row').filter({ has: page.getByRole('cell', { name: variant, exact: true }) }),
      ).toContainText(/✓ passed\d/)
    const references = panel.getByRole('table', { name: /Compared with PyTorch/ })
    await expect(references.getByRole('row').filter({ hasText: 'passed' })).toHaveCount(3)
  })

  await test.step('tuning says how fast each variant is and what it chose', async () => {
    await panel.getByRole('button', { name: 'Tune this GPU' }).click()
    await expect(panel.getByRole('progressbar', { name: 'Tuning this GPU' })).toBeVisible()
    await settled(panel)
    const tuned = panel.getByRole('table', { name: /^Tuned/ })
    await expect(tuned.getByText(/as in the fixed table|times as fast as/)).toHaveCount(4)
    await expectGoodLooks(page, 'tuned')
    await panel.getByRole('button', { name: 'Back to the fixed table' }).click()
    await expect(tuned).toHaveCount(0)
  })

  await test.step('Escape closes the panel and gives the focus back; a reload remembers the result', async () => {
    await page.keyboard.press('Escape')
    await expect(panel).toHaveCount(0)
    await expect(page.getByRole('button', { name: /WebGPU.*, passed its check/ })).toBeFocused()
    await page.reload()
    await page.getByRole('button', { name: /WebGPU.*, passed its check/ }).click()
    await expect(panel.getByRole('status')).toContainText('passed')
  })
})
