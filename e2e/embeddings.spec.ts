/** Embeddings as a user looks at them: while the training goes on and after it. */
import { readFileSync } from 'node:fs'
import AxeBuilder from '@axe-core/playwright'
import { expect, test } from '@playwright/test'
import { writeMicroSample } from './support/micro-notebook'
import { cell, dropOnPage, expectDone, openNotebook, readTable } from './support/notebook-page'

const [snippets, languages] = [18, 4]
const points = String(snippets * (languages + 1))

test('points appear while training, are caught with a lasso, labelled, and laid out by UMAP', async ({
  page,
}, testInfo) => {
  await openNotebook(page)
  await dropOnPage(page, [writeMicroSample(testInfo.outputPath('small.dubbook.json'), { steps: 2 })])
  await expect(page.getByLabel('Notebook title')).toHaveValue('The samples, in small')
  await expectDone(page, ['corpus'])
  await page.getByRole('button', { name: 'Run Embeddings' }).click()
  const embed = cell(page, 'embed')
  const plane = embed.locator('canvas[data-points]')

  await test.step('the plane of untrained weights is there before the run has ended', async () => {
    await expect(plane).toHaveAttribute('data-points', points, { timeout: 5 * 60_000 })
    await expect(cell(page, 'pretrain')).toHaveAttribute('data-status', 'running')
  })

  await test.step('the slider goes from the untrained weights to the trained ones', async () => {
    await expectDone(page, ['pretrain', 'embed'])
    const slider = embed.getByRole('slider', { name: 'Checkpoint' })
    await expect(slider).toHaveAttribute('aria-valuetext', 'trained, whole snippets')
    await slider.focus()
    await page.keyboard.press('Home')
    await expect(slider).toHaveAttribute('aria-valuetext', /^after 0 steps/)
    await expect(plane).toHaveAttribute('data-points', points)
    await page.keyboard.press('End')
  })

  await test.step('retrieval is told for each language, beside chance', async () => {
    const at = await readTable(embed.getByRole('table').first())
    expect(Number(at('chance, audio → video', 'R@10'))).toBeCloseTo(10 / snippets, 1)
    await expect(embed.getByRole('row', { name: /^audio → video/ })).toHaveCount(1 + languages)
  })

  await test.step('keys choose a clip, whose neighbours are listed', async () => {
    await plane.focus()
    for (const key of ['ArrowRight', 'ArrowRight', 'Enter']) await page.keyboard.press(key)
    await expect(embed.getByRole('region', { name: 'Nearest neighbours' }).getByRole('listitem')).toHaveCount(8)
  })

  await test.step('a lasso catches clips, and their label leaves as a table', async () => {
    await embed.getByRole('button', { name: 'Lasso' }).click()
    await plane.scrollIntoViewIfNeeded()
    const { x, y, width, height } = (await plane.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }
    await page.mouse.move(x + 2, y + 2)
    await page.mouse.down()
    await page.mouse.move(x + width - 2, y + 2, { steps: 3 })
    await page.mouse.move(x + width - 2, y + height - 2, { steps: 3 })
    await page.mouse.move(x + 2, y + height - 2, { steps: 3 })
    await page.mouse.up()
    await expect(embed.getByRole('heading', { name: `${points} selected points` })).toBeVisible()
    await embed.getByRole('textbox', { name: 'Label' }).fill('all')
    await embed.getByRole('button', { name: 'Paint' }).click()
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      embed.getByRole('button', { name: /^Download labels.csv/ }).click(),
    ])
    const lines = readFileSync(await file.path(), 'utf8')
      .trim()
      .split('\n')
    expect(lines).toHaveLength(1 + snippets)
    expect(lines[1]).toMatch(/^title00\.mp4,0,10,all$/)
  })

  await test.step('UMAP comes on request', async () => {
    await embed.getByRole('combobox', { name: /^Plane/ }).selectOption('UMAP')
    await expect(embed.getByText('UMAP, 15 neighbours')).toBeVisible()
    await expect(embed.getByText(/^Computing UMAP/)).toHaveCount(0, { timeout: 60_000 })
  })

  await test.step('axe finds nothing', async () => {
    const { violations } = await new AxeBuilder({ page }).include('section[data-cell="embed"]').analyze()
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
  })
})
