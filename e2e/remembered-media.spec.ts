/**
 * Files that a notebook refers to are found again: where the browser remembers them, or by their content when they are
 * dropped again. Drops, handles and permissions are the browser's own; only its question for permission cannot be answered
 * here, so the button that asks it is shown and pressed, and no more.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import { expect, type Page, test } from '@playwright/test'
import { cell, dropOnPage, expectDone, openNotebook } from './support/notebook-page'

const folder = mkdtempSync(join(tmpdir(), 'dubbook-remembered-'))
const clips = join(folder, 'clips')
test.afterAll(() => rmSync(folder, { recursive: true, force: true }))

const ffmpeg = (...args: readonly string[]) => execFileSync('ffmpeg', ['-v', 'error', '-y', ...args], { cwd: clips })
const noise = (seed: number) => ['-f', 'lavfi', '-i', `anoisesrc=d=4:c=pink:r=48000:a=0.4:seed=${seed}`]
const picture = ['-f', 'lavfi', '-i', 'testsrc2=s=128x96:r=25:d=4,format=yuv420p']
const video = ['-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'aac', '-metadata:s:a:0', 'language=eng']

test.beforeEach(() => {
  rmSync(clips, { recursive: true, force: true })
  mkdirSync(join(clips, 'fr'), { recursive: true })
  ffmpeg(...picture, ...noise(1), ...video, 'rain.mp4')
  ffmpeg(...picture, ...noise(2), ...video, 'sea.mp4')
  ffmpeg(...noise(3), 'fr/rain.wav')
})

/** Opens the page with a notebook of clips and a spectrogram only. */
async function openEmpty(page: Page): Promise<void> {
  const cells = [
    { id: 'corpus', kind: 'corpus', media: [] },
    { id: 'spectrogram', kind: 'spectrogram', inputs: ['corpus'] },
  ]
  const buffer = Buffer.from(JSON.stringify({ version: 1, title: 'Own clips', seed: 1, cells }))
  await openNotebook(page)
  const file = { name: 'own.dubbook.json', mimeType: 'application/json', buffer }
  await page.getByLabel('Notebook file').setInputFiles(file)
  await expect(cell(page, 'corpus')).toContainText('Drop dubbed films or clips')
}

/** Some seconds after its last page has gone, a site has to ask again for what it was allowed. */
async function visitLater(page: Page): Promise<void> {
  await page.goto('about:blank')
  await page.waitForTimeout(7000)
  await page.goto('./')
}

const titles = /(rain|sea)\.mp4/
const noViolations = async (page: Page) => expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([])

test('clips are there after a reload; what has changed since is named, and what is dropped again is known by its content', async ({
  page,
}) => {
  await openEmpty(page)
  await dropOnPage(page, [clips])
  const corpus = cell(page, 'corpus')
  await expect(corpus).toContainText('Where 3 files are, this browser remembers')
  await expectDone(page, ['corpus'])
  await page.reload()
  await expectDone(page, ['corpus'])
  await expect(corpus.getByRole('row', { name: titles })).toHaveCount(2)
  await expect(corpus.getByRole('row', { name: /rain\.mp4/ })).toContainText('fr')

  ffmpeg(...picture, ...noise(9), ...video, 'sea.mp4')
  rmSync(join(clips, 'fr'), { recursive: true })
  await page.reload()
  const lines = corpus.getByRole('listitem')
  await expect(corpus).toContainText('2 files are not here.')
  await expect(lines.filter({ hasText: 'no longer where it was' })).toContainText('clips/fr/rain.wav')
  await expect(lines.filter({ hasText: 'has changed since' })).toContainText('clips/sea.mp4')
  await expect(corpus).not.toHaveAttribute('data-status', 'done')
  await noViolations(page)
  await corpus.getByRole('button', { name: 'Use it instead' }).click()
  await expect(corpus).toContainText('One file is not here.')
  await corpus.getByRole('button', { name: 'Go on without it' }).click()
  await corpus.getByRole('button', { name: 'Run' }).click()
  await expectDone(page, ['corpus'])

  await corpus.getByRole('button', { name: 'Forget' }).click()
  await expect(corpus).not.toContainText('this browser remembers')
  await page.reload()
  await expect(corpus).toContainText('2 files are not here.')
  await expect(corpus.getByRole('button', { name: /remembered/ })).toHaveCount(0)

  renameSync(join(clips, 'rain.mp4'), join(clips, 'regen.mp4'))
  renameSync(join(clips, 'sea.mp4'), join(folder, 'sea.mp4'))
  ffmpeg(...picture, ...noise(10), ...video, 'sea.mp4')
  writeFileSync(join(clips, 'notes.txt'), 'These are no clips.')
  await dropOnPage(page, [clips])
  await expect(corpus).toContainText('clips/rain.mp4 is read from clips/regen.mp4, which has the same content.')
  const other = corpus.getByRole('listitem').filter({ hasText: 'was dropped with other content' })
  await expect(other).toContainText('clips/sea.mp4')
  await expect(corpus).toContainText('One file is not here.')
  await noViolations(page)
  await corpus.getByRole('button', { name: 'Leave it out' }).click()
  await expect(other).toHaveCount(0)

  await dropOnPage(page, [join(folder, 'sea.mp4')])
  await expectDone(page, ['corpus'])
  await expect(corpus).not.toContainText('not here')
  await expect(corpus.getByRole('row', { name: titles })).toHaveCount(2)
})

test('a visit later one button asks for what is remembered, and results can be read meanwhile', async ({ page }) => {
  await openEmpty(page)
  await dropOnPage(page, [clips])
  const corpus = cell(page, 'corpus')
  await expectDone(page, ['corpus'])
  const spectrogram = cell(page, 'spectrogram')
  await spectrogram.getByRole('button', { name: 'Run' }).click()
  await expectDone(page, ['spectrogram'])
  await expect(corpus).toContainText('Where 3 files are, this browser remembers')
  await visitLater(page)
  const open = corpus.getByRole('button', { name: 'Open the 3 remembered files' })
  await expect(open).toBeEnabled()
  await expect(spectrogram.getByRole('img').first()).toBeVisible()
  await noViolations(page)
  await open.click()
  // The browser's question stands where no test can answer it, and holds back all other input.
  await expect(open).toBeDisabled()
})
