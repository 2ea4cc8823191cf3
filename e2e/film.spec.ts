/** A film of two hours in seven languages, and hundreds of files at once: opened by ranges, while the page stays at hand. */
import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, renameSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from '@playwright/test'
import { longTasks, watchLongTasks } from './support/long-tasks'
import { cell, dropOnPage, expectDone, openNotebook, setSetting } from './support/notebook-page'
import { watchRenderer } from './support/renderer-memory'

const mebibyte = 2 ** 20
const languages = ['eng', 'fra', 'deu', 'spa', 'ita', 'jpn', 'por']
const folder = join('.cache', 'film')
const ffmpeg = (...args: readonly string[]) => execFileSync('ffmpeg', ['-v', 'error', '-y', ...args])

/** One minute, 120 times: as many packets as a film has, made in seconds. */
function makeFilm(): string {
  const path = join(folder, 'film.mp4')
  if (existsSync(path)) return path
  mkdirSync(folder, { recursive: true })
  const minute = join(folder, 'minute.mp4')
  const sounds = languages.flatMap((_, i) => ['-f', 'lavfi', '-i', `sine=f=${110 * (i + 1)}:r=48000:d=60`])
  const maps = languages.flatMap((_, i) => ['-map', String(i + 1)])
  const picture = ['-f', 'lavfi', '-i', 'testsrc2=s=160x90:r=25:d=60,format=yuv420p']
  const video = ['-c:v', 'libx264', '-preset', 'ultrafast', '-b:v', '60k', '-g', '100']
  ffmpeg(...picture, ...sounds, '-map', '0', ...maps, ...video, '-c:a', 'aac', '-b:a', '24k', minute)
  const tags = languages.flatMap((language, i) => [`-metadata:s:a:${i}`, `language=${language}`])
  const unfinished = join(folder, 'unfinished.mp4')
  ffmpeg('-stream_loop', '119', '-i', minute, '-map', '0', '-c', 'copy', ...tags, unfinished)
  renameSync(unfinished, path)
  return path
}

/** A second of sound and pictures, many times. */
function makeMany(count: number): string {
  const many = join(folder, 'many')
  mkdirSync(many, { recursive: true })
  const first = join(many, 'clip-000.mp4')
  if (!existsSync(first)) {
    const picture = ['-f', 'lavfi', '-i', 'testsrc2=s=160x90:r=25:d=3,format=yuv420p']
    const sound = ['-f', 'lavfi', '-i', 'sine=f=440:r=48000:d=3']
    const tags = ['-metadata:s:a:0', 'language=eng', '-metadata:s:a:1', 'language=fra']
    ffmpeg(
      ...picture,
      ...sound,
      '-map',
      '0',
      '-map',
      '1',
      '-map',
      '1',
      '-c:v',
      'libx264',
      '-c:a',
      'aac',
      ...tags,
      first,
    )
  }
  for (let i = 1; i < count; i++) {
    const copy = join(many, `clip-${String(i).padStart(3, '0')}.mp4`)
    if (!existsSync(copy)) copyFileSync(first, copy)
  }
  return many
}

test('a film of two hours with seven soundtracks opens by its index and is read anywhere', async ({ page }) => {
  test.setTimeout(10 * 60_000)
  const path = makeFilm()
  await openNotebook(page)
  await expectDone(page, ['corpus', 'spectrogram'])
  const stopWatching = watchRenderer()
  const begun = performance.now()
  await page.getByLabel('Add files').setInputFiles(path)
  const row = cell(page, 'corpus').getByRole('row', { name: /film\.mp4/ })
  await row.waitFor({ timeout: 120_000 })
  const openedS = (performance.now() - begun) / 1000
  await expectDone(page, ['corpus'])
  const spectrogram = cell(page, 'spectrogram')
  await spectrogram.getByLabel('Title').selectOption('film.mp4')
  const seekS: number[] = []
  for (const start of ['6900', '12', '3600']) {
    await setSetting(page, 'spectrogram', 'Start', start)
    const asked = performance.now()
    await spectrogram.getByRole('button', { name: 'Run' }).click()
    await expect(spectrogram).toContainText(`film.mp4 · ${start}.0`)
    await expectDone(page, ['spectrogram'])
    await expect(spectrogram.getByRole('img')).toHaveCount(languages.length)
    seekS.push((performance.now() - asked) / 1000)
  }
  const { growth } = stopWatching()
  const seeks = seekS.map((seconds) => seconds.toFixed(1)).join(', ')
  console.log(
    `film: opened in ${openedS.toFixed(1)} s, read at three places in ${seeks} s, renderer +${Math.round(growth / mebibyte)} MiB`,
  )
  expect(growth).toBeLessThan(400 * mebibyte)
})

test('500 files at once show how far they are, and the page stays at hand', async ({ page }) => {
  test.setTimeout(10 * 60_000)
  const many = makeMany(500)
  await openNotebook(page)
  await expectDone(page, ['corpus'])
  await watchLongTasks(page)
  const begun = performance.now()
  await dropOnPage(page, [resolve(many)])
  const corpus = cell(page, 'corpus')
  await expect(corpus).toContainText(/clip-\d\d\d\.mp4/)
  await expect(corpus.getByRole('progressbar')).toBeVisible()
  await expectDone(page, ['corpus'])
  await expect(corpus.getByRole('row', { name: /clip-\d\d\d\.mp4/ }).first()).toBeVisible()
  const { longestMs } = await longTasks(page)
  console.log(
    `500 files: ${((performance.now() - begun) / 1000).toFixed(1)} s, longest task of the page ${longestMs} ms`,
  )
})
