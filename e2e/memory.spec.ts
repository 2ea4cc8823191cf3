/** Nothing reads a whole film: a 300 MB clip must not pass through the memory of the page's process. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { cell, expectDone, openNotebook, setSetting } from './support/notebook-page'
import { watchRenderer } from './support/renderer-memory'

const mebibyte = 2 ** 20

/** Noise does not compress: 40 s of it at a fixed rate are as many bytes as wanted. */
function makeLargeClip(): string {
  const folder = join('.cache', 'large-clip')
  const path = join(folder, 'large.mp4')
  if (existsSync(path)) return path
  mkdirSync(folder, { recursive: true })
  const picture = ['-f', 'lavfi', '-i', 'testsrc2=s=1280x720:r=25:d=40,noise=alls=100:allf=t']
  const sound = ['-f', 'lavfi', '-i', 'sine=f=440:r=48000:d=40']
  const video = [
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-b:v',
    '64M',
    '-minrate',
    '64M',
    '-maxrate',
    '64M',
    '-bufsize',
    '16M',
  ]
  const tags = ['-metadata:s:a:0', 'language=eng', '-metadata:s:a:1', 'language=fra']
  const maps = ['-map', '0:v', '-map', '1:a', '-map', '1:a', ...tags]
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...picture, ...sound, ...maps, ...video, '-c:a', 'aac', path])
  return path
}

test('a clip of 300 MB opens with at most 300 MB more in the page’s process @long', async ({ page }) => {
  test.setTimeout(10 * 60_000)
  const path = makeLargeClip()
  expect(statSync(path).size).toBeGreaterThan(290e6)
  await openNotebook(page)
  await expectDone(page, ['corpus', 'spectrogram'])
  const stopWatching = watchRenderer()
  await page.getByLabel('Add files').setInputFiles(path)
  await cell(page, 'corpus')
    .getByRole('row', { name: /large\.mp4/ })
    .waitFor({ timeout: 120_000 })
  await expectDone(page, ['corpus'])
  const spectrogram = cell(page, 'spectrogram')
  await spectrogram.getByLabel('Title').selectOption('large.mp4')
  await setSetting(page, 'spectrogram', 'Start', '31')
  await spectrogram.getByRole('button', { name: 'Run' }).click()
  await expectDone(page, ['spectrogram'])
  await expect(spectrogram).toContainText('large.mp4 · 31.0')
  const { before, growth } = stopWatching()
  console.log(
    `renderer: ${Math.round(before / mebibyte)} MiB before, ${Math.round(growth / mebibyte)} MiB more at most`,
  )
  expect(growth).toBeLessThan(300 * mebibyte)
})
