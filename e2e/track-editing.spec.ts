/**
 * Soundtracks corrected by hand: a dub that lags is aligned by its background, languages and kinds are said of many titles at
 * once, every edit can be taken back, and the headless runner honours what the notebook says.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import { expect, type Locator, type Page, test } from '@playwright/test'
import { headless } from './support/headless'
import { cell, dropOnPage, expectDone, numbersIn, openNotebook } from './support/notebook-page'

const folder = mkdtempSync(join(tmpdir(), 'dubbook-tracks-'))
const clips = join(folder, 'clips')
test.afterAll(() => rmSync(folder, { recursive: true, force: true }))

const ffmpeg = (...args: readonly string[]) => execFileSync('ffmpeg', ['-v', 'error', '-y', ...args], { cwd: clips })
const seconds = 8
const picture = ['-f', 'lavfi', '-i', `testsrc2=s=128x96:r=25:d=${seconds},format=yuv420p`]
const noise = (colour: string, seed: number) => [
  ...['-f', 'lavfi', '-i', `anoisesrc=d=${seconds}:c=${colour}:r=48000:a=0.3:seed=${seed}`],
]
const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast']
/** Something that comes and goes in syllables over a background: the first two sounds of the inputs. */
const spoken = (first: number, syllables: number, lateMs = 0) =>
  `[${first + 1}]lowpass=2500,tremolo=f=${syllables}:d=0.95,volume=2[over];[${first}][over]amix=2:normalize=0,adelay=${lateMs}:all=1[sound]`

test.beforeAll(() => {
  mkdirSync(clips, { recursive: true })
  for (const [index, name] of ['rain', 'sea'].entries()) {
    const background = noise('pink', 10 + index)
    ffmpeg(
      ...[...picture, ...background, ...noise('brown', 20 + index), '-filter_complex', spoken(1, 4.3), '-map', '0:v'],
      ...['-map', '[sound]', ...h264, '-c:a', 'aac', '-metadata:s:a:0', 'language=eng', `${name}.mp4`],
    )
    // The French soundtrack of the first scene starts 700 ms late; those of the second do not say what they are.
    const late = index === 0 ? 700 : 0
    const dub = (seed: number, out: string) =>
      ffmpeg(
        ...[...background, ...noise('brown', seed), '-filter_complex', spoken(0, 5.1, late), '-map', '[sound]'],
        ...['-c:a', 'aac', out],
      )
    dub(30 + index, index === 0 ? 'rain.fr.m4a' : 'sea.dub.m4a')
    if (index === 1) dub(40, 'sea.other.m4a')
    if (index === 1) dub(50, 'take 2 [ja].m4a')
  }
})

async function openClips(page: Page): Promise<void> {
  const cells = [
    { id: 'corpus', kind: 'corpus', media: [] },
    { id: 'spectrogram', kind: 'spectrogram', inputs: ['corpus'] },
  ]
  const buffer = Buffer.from(JSON.stringify({ version: 1, title: 'Late', seed: 1, cells }))
  await openNotebook(page)
  await page
    .getByLabel('Notebook file')
    .setInputFiles({ name: 'late.dubbook.json', mimeType: 'application/json', buffer })
  await expect(cell(page, 'corpus')).toContainText('Drop dubbed films or clips')
  await dropOnPage(page, [clips])
  await expectDone(page, ['corpus'])
}

/** Mean level of French at the very beginning of the scene, in dB, as the table behind the spectrogram says. */
async function levelAtStart(page: Page): Promise<number> {
  const spectrogram = cell(page, 'spectrogram')
  await spectrogram.getByRole('button', { name: 'Run' }).click()
  await expectDone(page, ['spectrogram'])
  const table = spectrogram.getByRole('table', { name: 'Mean level by language' })
  if (!(await table.isVisible())) await spectrogram.locator('summary').last().click()
  const rows = await table
    .locator('tr')
    .evaluateAll((all) => all.map((row) => [...row.children].map((one) => one.textContent ?? '')))
  const column = rows[0]?.indexOf('fr') ?? -1
  return Number(rows[1]?.[column])
}

const noViolations = async (page: Page) => {
  const { violations } = await new AxeBuilder({ page }).include('section[data-cell="corpus"]').analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
}
const chips = (row: Locator) => row.locator('.language')

test('a dub that starts 700 ms late is aligned, taken back, and others are named in bulk', async ({ page }) => {
  await openClips(page)
  const corpus = cell(page, 'corpus')
  const rain = corpus.getByRole('row', { name: /rain\.mp4/ })
  const sea = corpus.getByRole('row', { name: /sea\.mp4/ })
  await expect(chips(sea)).toHaveText(['en', 'und', 'und'])
  expect(await levelAtStart(page)).toBeLessThan(-90)

  await test.step('Align proposes an offset, which counts once it is taken', async () => {
    await rain.getByRole('checkbox').check()
    await corpus.getByRole('button', { name: 'Edit or align tracks of 1' }).press('Enter')
    await corpus.getByRole('button', { name: 'Align with the original' }).click()
    const proposal = corpus.getByRole('listitem').filter({ hasText: 'confidence' })
    const [offset = 0, confidence = 0] = numbersIn(
      (await proposal.textContent())?.replace('−', '-').replace('rain.mp4', '') ?? '',
    )
    expect(Math.abs(offset + 700)).toBeLessThan(1)
    expect(confidence).toBeGreaterThan(80)
    await expect(rain).not.toContainText('ms')
    await expect(corpus).toHaveAttribute('data-status', 'done')
    await noViolations(page)
    await corpus.getByRole('button', { name: 'Take the offset for fr of rain.mp4' }).click()
    await expect(rain).toContainText(/−(699\.9\d*|700(\.0\d*)?) ms/)
    await expect(corpus).toHaveAttribute('data-status', 'stale')
    await expect(corpus).toContainText('its soundtracks were edited')
    expect(await levelAtStart(page)).toBeGreaterThan(-80)
  })

  await test.step('a sound file whose name tells no video is given one', async () => {
    const odd = corpus.getByRole('row', { name: /take 2/ })
    await expect(odd).toContainText('no video here has its name')
    await noViolations(page)
    await odd.getByRole('combobox', { name: 'Video of clips/take 2 [ja].m4a' }).selectOption('sea.mp4')
    await expect(chips(sea)).toHaveText(['en', 'und', 'und', 'ja'])
    await expectDone(page, ['corpus'])
    await expect(odd).toHaveCount(0)
    // Given to another one, where its fields are.
    await rain.getByRole('checkbox').uncheck()
    await sea.getByRole('checkbox').check()
    await corpus.getByRole('combobox', { name: 'Video of clips/take 2 [ja].m4a' }).selectOption('rain.mp4')
    await expect(chips(rain)).toHaveText(['en', 'fr', 'ja'])
    await expectDone(page, ['corpus'])
    await page.getByRole('heading', { name: /Soundtracks of/ }).click()
    await page.keyboard.press('Control+z')
    await corpus.getByRole('button', { name: 'Run' }).click()
    await expect(chips(sea)).toHaveText(['en', 'und', 'und', 'ja'])
    await page.getByRole('heading', { name: /Soundtracks of/ }).click()
    await page.keyboard.press('Control+z')
    await corpus.getByRole('button', { name: 'Run' }).click()
    await expect(chips(sea)).toHaveText(['en', 'und', 'und'])
    await expectDone(page, ['corpus'])
    await sea.getByRole('checkbox').uncheck()
    await rain.getByRole('checkbox').check()
  })

  await test.step('undo takes the offset back', async () => {
    await page.getByRole('heading', { name: /Soundtracks of/ }).click()
    await page.keyboard.press('Control+z')
    await expect(rain).not.toContainText('ms')
    await expect(corpus.getByLabel('Offset').last()).toHaveValue('0')
    await page.keyboard.press('Control+Shift+z')
    await expect(rain).toContainText('ms')
  })

  await test.step('a track is given what somebody types, and what is no language is refused', async () => {
    const language = corpus.getByLabel('Language').last()
    await language.fill('Frensh')
    await language.press('Enter')
    await expect(corpus.getByRole('alert')).toContainText('"Frensh" is no language. Write a code such as fr')
    await language.fill('fre-CA')
    await language.press('Enter')
    await expect(corpus.getByRole('alert')).toHaveCount(0)
    await expect(chips(rain)).toHaveText(['en', 'fr-CA'])
    await corpus.getByLabel('Kind').last().selectOption('background stem')
    await expect(chips(rain)).toHaveText(['en', 'zxx'])
  })

  await test.step('undetermined tracks of all chosen titles, by name', async () => {
    await corpus.getByLabel('Choose all').check()
    await corpus.getByLabel('Tracks', { exact: true }).selectOption('all undetermined')
    await corpus.getByLabel('Named').fill('dub')
    await corpus.getByLabel('Language').fill('fra')
    await corpus.getByRole('button', { name: 'Change 1 track' }).click()
    await expect(chips(sea)).toHaveText(['en', 'fr', 'und'])
    await corpus.getByLabel('Tracks', { exact: true }).selectOption('track 3')
    await corpus.getByLabel('Named').fill('')
    await corpus.getByLabel('Kind').selectOption('ignored')
    await corpus.getByRole('button', { name: 'Change 1 track' }).click()
    await expect(sea).toContainText('ignored')
    await noViolations(page)
    await corpus.getByRole('button', { name: 'Run' }).click()
    await expectDone(page, ['corpus'])
    await expect(chips(sea)).toHaveText(['en', 'fr', 'und'])
    await expect(chips(rain)).toHaveText(['en', 'zxx'])
  })
})

test('the headless runner honours what the notebook says of soundtracks', async () => {
  const films = join(folder, 'films')
  mkdirSync(films)
  const flac = ['-c:a', 'flac', '-metadata:s:a:0', 'language=eng']
  ffmpeg(...picture, ...noise('white', 1), ...h264, ...flac, join(films, 'scene.mkv'))
  ffmpeg(...noise('white', 2), '-af', 'adelay=700:all=1', join(films, 'scene.fr.wav'))
  ffmpeg(...noise('white', 3), join(films, 'scene.ja.wav'))
  const tracks = [
    { path: 'films/scene.fr.wav', track: 0, language: 'French', offsetMs: -700 },
    { path: 'films/scene.ja.wav', track: 0, kind: 'ignored' },
    { path: 'films/scene.mkv', track: 1, language: 'de' },
  ]
  const cells = [
    { id: 'plain', kind: 'corpus', media: [] },
    { id: 'edited', kind: 'corpus', media: [], tracks },
    { id: 'plain-sound', kind: 'spectrogram', inputs: ['plain'] },
    { id: 'edited-sound', kind: 'spectrogram', inputs: ['edited'] },
  ]
  const notebook = join(folder, 'edited.dubbook.json')
  writeFileSync(notebook, JSON.stringify({ version: 1, title: 'Edited', seed: 1, cells }))
  const { exitCode, stderr, report } = await headless(join(folder, 'out'), ['--clips', films], undefined, notebook)
  expect(exitCode, stderr).toBe(0)
  const metricsOf = (id: string) => report?.cells.find((one) => one.id === id)?.metrics
  expect(metricsOf('plain')).toMatchObject({ tracks: 3, problems: [] })
  expect(metricsOf('edited')).toMatchObject({ tracks: 2, problems: [] })
  expect(metricsOf('plain-sound')?.languages).toEqual(['en', 'fr', 'ja'])
  expect(metricsOf('edited-sound')?.languages).toEqual(['de', 'fr'])
  // The French track begins with silence, until it is moved.
  expect(metricsOf('plain-sound')?.minDb).toBeLessThan(-90)
  expect(metricsOf('edited-sound')?.minDb).toBeGreaterThan(-60)
})
