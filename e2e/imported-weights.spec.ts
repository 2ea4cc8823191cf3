/** A researcher brings weights along: dropped on the page, or given to the headless runner. */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { root } from '../scripts/install.mjs'
import { makeOtherCorpus, otherCorpus } from './support/corpus'
import { headless } from './support/headless'
import { cell, dropOnPage, expectDone, openNotebook } from './support/notebook-page'
import { readSafetensors } from './support/weights'

/** Made by torch, laid out as the authors release theirs (`scripts/make_embedding_reference.py`). */
const released = join(root, 'src/engine/fixtures/released.pth')

test('a dropped checkpoint becomes a model cell, asks for its pooling, embeds, and is there after a reload', async ({
  page,
}, testInfo) => {
  await openNotebook(page)
  await expectDone(page, ['corpus'])
  const before = await page.locator('section[data-cell]').count()
  const broken = testInfo.outputPath('broken.pt')
  writeFileSync(broken, 'This is no checkpoint. '.repeat(100))
  await dropOnPage(page, [broken])
  await expect(page.getByText('broken.pt: It is no PyTorch checkpoint')).toBeVisible()
  await expect(page.locator('section[data-cell]')).toHaveCount(before)

  await dropOnPage(page, [released])
  const model = cell(page, 'released')
  await expect(model.getByText('Choose how tokens become an embedding.')).toBeVisible()
  const told = model.getByLabel('Read from the shapes of the weights')
  await expect(told).toContainText('Blocks2')
  await expect(told).toContainText('video 3 × 4 × 64 × 64 · audio 1 × 96 × 288')
  await expect(model.getByText('Not read, beside the weights: cfg: lssd.config.Settings.')).toBeVisible()
  await model.scrollIntoViewIfNeeded()
  await page.screenshot({ path: testInfo.outputPath('asking.png') })
  await page.getByRole('button', { name: 'Run Model, released' }).click()
  await expect(model.getByRole('alert')).toContainText('Set videoPooling to cls or mean-norm.')

  await model.getByLabel('Video embedding').selectOption('cls')
  await model.getByLabel('Audio embedding').selectOption('norm-mean')
  await page.getByRole('button', { name: 'Run Embeddings, embed-released' }).click()
  await expectDone(page, ['released', 'embed-released'])
  const embed = cell(page, 'embed-released')
  await expect(embed.locator('canvas[data-points]')).toHaveAttribute('data-points', /^[1-9]\d+$/)
  await expect(embed.getByText(/no projection heads.*Embeddings have 8 dimensions/)).toBeVisible()
  await embed.scrollIntoViewIfNeeded()
  await page.screenshot({ path: testInfo.outputPath('embedded.png') })
  await page.setViewportSize({ width: 390, height: 844 })
  await model.scrollIntoViewIfNeeded()
  await page.screenshot({ path: testInfo.outputPath('narrow.png') })

  await page.reload()
  await expectDone(page, ['released', 'embed-released'])
  await expect(model).toContainText('parameters in all')
})

test('the headless runner takes a folder with a checkpoint and gives embeddings and the weights back', async ({
  browserName: _,
}, testInfo) => {
  const folder = testInfo.outputPath('weights')
  mkdirSync(folder, { recursive: true })
  copyFileSync(released, join(folder, 'released.pth'))
  writeFileSync(join(folder, 'readme.txt'), 'The weights of a friend.')
  const notebook = testInfo.outputPath('weights.dubbook.json')
  const cells = [
    { id: 'corpus', kind: 'corpus' },
    { id: 'model', kind: 'model' },
    { id: 'embed', kind: 'embed', inputs: ['corpus', 'model'] },
    { id: 'export', kind: 'export', inputs: ['model', 'embed'] },
  ]
  writeFileSync(notebook, JSON.stringify({ version: 1, title: 'Imported', seed: 3, cells }))
  const run = (name: string, ...more: string[]) =>
    headless(
      testInfo.outputPath(name),
      ['--clips', makeOtherCorpus(), '--folder', `model=${folder}`, ...more],
      undefined,
      notebook,
    )
  const asked = await run('asked')
  expect(asked.exitCode).toBe(1)
  expect(asked.stderr).toContain('Set videoPooling to cls or mean-norm.')

  const pooling = ['--set', 'model.videoPooling=mean-norm', '--set', 'model.audioPooling=mean-norm']
  const { exitCode, stderr, report, read } = await run('out', ...pooling)
  expect(exitCode, stderr).toBe(0)
  const metrics = report?.cells.find(({ id }) => id === 'model')?.metrics
  expect(metrics).toMatchObject({ imported: { file: 'released.pth', config: { video: { pooling: 'mean-norm' } } } })
  const { snippets, languages } = otherCorpus
  expect(report?.cells.find(({ id }) => id === 'embed')?.metrics).toMatchObject({
    count: snippets * (languages.length + 1),
    dimension: 8,
    retrievalAudioToVideoR1: null,
  })
  const { tensors } = readSafetensors(read('weights.safetensors'))
  expect(tensors.get('net.video.patch_embed.proj.weight')?.shape).toEqual([4, 3, 3, 9, 9])
  expect(tensors.get('net.audio.patch_embed.norm.num_batches_tracked')?.bytes.readBigInt64LE()).toBe(1234n)
  expect(read('weights.pt').subarray(0, 2).toString()).toBe('PK')
})
