/** The first user story: open the page, press Run all, look at what the samples gave, take the weights along. */
import AxeBuilder from '@axe-core/playwright'
import { expect, test } from '@playwright/test'
import { longTasks, watchLongTasks } from './support/long-tasks'
import { cell, download, expectDone, numbersIn, openNotebook, readTable } from './support/notebook-page'
import { floatsOf, readSafetensors, tinyNames } from './support/weights'

/** The sample notebook: 6 titles x 3 snippets, 4 languages, batches of 8. */
const snippets = 18
const languages = 4
const chanceLoss = Math.log(2 * 8 - 1)
/** 1 / (2 d tau^2): how far random cosines of d = 64 dimensions, sharpened by tau = 0.1, raise an untrained loss. */
const spread = 1 / (2 * 64 * 0.1 ** 2)

const looks = [
  { name: '1440-light', viewport: { width: 1440, height: 900 }, colorScheme: 'light' },
  { name: '1440-dark', viewport: { width: 1440, height: 900 }, colorScheme: 'dark' },
  { name: '390-light', viewport: { width: 390, height: 844 }, colorScheme: 'light' },
  { name: '390-dark', viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
] as const

test('a first visit trains on the sample clips and leaves with scores and weights', async ({ page }) => {
  test.setTimeout(28 * 60_000)
  await test.step('the page opens on the sample clips, one scene in all its languages, and the name of the GPU', async () => {
    await openNotebook(page)
    await expectDone(page, ['corpus', 'spectrogram'])
    await expect(cell(page, 'corpus').getByRole('row', { name: /title0\d\.mp4/ })).toHaveCount(6)
    await expect(cell(page, 'spectrogram').getByRole('img')).toHaveCount(languages)
  })

  await test.step('Run all brings every cell up to date', async () => {
    await watchLongTasks(page)
    await page.getByRole('button', { name: 'Run all' }).click()
    await expectDone(page, ['model', 'pretrain', 'embed', 'probe', 'export'])
  })

  await test.step('the page says how long it ran and how long its longest task was', async () => {
    const { seconds, longestMs, tasks } = await longTasks(page)
    // Figures for bench/RESULTS.md; a test never asserts a time.
    console.log(`Run all: ${seconds} s; ${tasks} tasks over 50 ms on the page, the longest ${longestMs} ms`)
    expect(Number.isFinite(longestMs)).toBe(true)
  })

  await test.step('the loss starts where an untrained model does and falls by 30 % of chance', async () => {
    const [header, ...lines] = (await download(page, 'loss.csv')).toString('utf8').trim().split('\n')
    expect(header).toBe('step,L,Lv,La,total,learningRate,gradientNorm')
    const losses = lines.map((line) => Number(line.split(',')[1]))
    expect(losses.length).toBeGreaterThanOrEqual(10)
    const last = losses.slice(-5)
    expect(losses[0]).toBeGreaterThan(0.95 * chanceLoss)
    expect(losses[0]).toBeLessThan(1.05 * chanceLoss + spread)
    expect(last.reduce((sum, value) => sum + value, 0) / last.length).toBeLessThan(0.7 * chanceLoss)
    await expect(cell(page, 'pretrain').locator('[data-points]').first()).toHaveAttribute(
      'data-points',
      String(losses.length),
    )
  })

  await test.step('the plane shows every snippet in every language, and its picture', async () => {
    const plane = cell(page, 'embed').locator('canvas[data-points]')
    await expect(plane).toHaveAttribute('data-points', String(snippets * (languages + 1)))
  })

  await test.step('sound finds its picture at least three times as often as chance', async () => {
    const at = await readTable(cell(page, 'embed').getByRole('table').first())
    const [recall = 0] = numbersIn(at('audio → video', 'R@1'))
    expect(recall).toBeGreaterThanOrEqual(3 / snippets)
  })

  await test.step('the scene is read from sound better than chance, with the whole interval', async () => {
    const at = await readTable(cell(page, 'probe').getByRole('table').first())
    const [, low = 0] = numbersIn(at('this run', 'Scene'))
    const [largestClass = 1] = numbersIn(at('largest class', 'Scene'))
    expect(low).toBeGreaterThan(largestClass)
  })

  await test.step('the exported weights hold every parameter by the name the authors gave it, and finite numbers', async () => {
    const { tensors } = readSafetensors(await download(page, 'weights.safetensors'))
    expect([...tensors.keys()].sort()).toEqual(tinyNames())
    for (const [name, tensor] of tensors)
      if (tensor.dtype === 'F32') expect(floatsOf(tensor).every(Number.isFinite), name).toBe(true)
  })

  await test.step('everything looks right, large and small, light and dark, and axe finds nothing', async () => {
    for (const { name, viewport, colorScheme } of looks) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize(viewport)
      await page.evaluate(() => scrollTo(0, 0))
      await page.screenshot({ path: `test-results/screenshots/${name}-top.png` })
      await page.screenshot({ path: `test-results/screenshots/${name}.png`, fullPage: true })
      const { violations } = await new AxeBuilder({ page }).analyze()
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
      // Nothing may make a phone scroll sideways.
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(viewport.width)
    }
  })
})
