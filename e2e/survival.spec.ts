/** What is killed in the middle of a run, tab or GPU process, costs the steps since the last checkpoint, and nothing else. */
import { type Browser, chromium, expect, type Page, type TestInfo, test } from '@playwright/test'
import { launchOptions } from '../scripts/browser.mjs'
import { writeMicroNotebook } from './support/micro-notebook'
import { cell, download, dropOnPage, expectDone, openNotebook } from './support/notebook-page'
import { readSafetensors } from './support/weights'

/** How long a moment may be in coming on a busy computer, in ms. */
const patience = 5 * 60_000

interface ExportedRun {
  readonly losses: readonly string[]
  readonly weights: ReadonlyMap<string, { readonly bytes: Buffer }>
}

async function openRun(page: Page, notebook: string): Promise<void> {
  await openNotebook(page)
  await dropOnPage(page, [notebook])
  await expect(page.locator('section[data-cell]')).toHaveCount(4)
}

const start = (page: Page): Promise<void> => cell(page, 'export').getByRole('button', { name: 'Run' }).click()

async function exported(page: Page): Promise<ExportedRun> {
  await expectDone(page, ['pretrain', 'export'])
  const [, ...losses] = (await download(page, 'loss.csv')).toString('utf8').trim().split('\n')
  return { losses, weights: readSafetensors(await download(page, 'weights.safetensors')).tensors }
}

function expectSameBits(run: ExportedRun, peaceful: ExportedRun): void {
  expect(run.losses).toEqual(peaceful.losses)
  expect([...run.weights.keys()]).toEqual([...peaceful.weights.keys()])
  for (const [name, { bytes }] of run.weights)
    expect(bytes.equals(peaceful.weights.get(name)?.bytes ?? bytes.subarray(0, 0)), name).toBe(true)
}

/** Where the run went on, as its cell tells it: [from step, steps lost] each. */
async function resumesOf(page: Page): Promise<(readonly [number, number])[]> {
  const note = (await cell(page, 'pretrain').getByText('Went on from step').textContent()) ?? ''
  return [...note.matchAll(/from step (\d+), (\d+) steps/g)].map(([, from, lost]) => [Number(from), Number(lost)])
}

/** How a run goes that nothing happens to, once for each number of steps. */
const peacefulRuns = new Map<number, Promise<ExportedRun>>()
function peacefulRun(browser: Browser, notebook: string, steps: number): Promise<ExportedRun> {
  const run = async () => {
    const page = await (await browser.newContext()).newPage()
    await openRun(page, notebook)
    await start(page)
    const expected = await exported(page)
    expect(expected.losses.map((line) => Number(line.split(',')[0]))).toEqual([...Array(steps).keys()])
    await page.context().close()
    return expected
  }
  const kept = peacefulRuns.get(steps) ?? run()
  peacefulRuns.set(steps, kept)
  return kept
}

/** Numbers of the checkpoint files there are, whole or not. */
const checkpointFiles = (page: Page): Promise<number[]> =>
  page.evaluate(async () => {
    const numbers: number[] = []
    try {
      const root = await navigator.storage.getDirectory()
      for await (const run of (await root.getDirectoryHandle('checkpoints')).values())
        if (run instanceof FileSystemDirectoryHandle)
          for await (const name of run.keys()) if (/^\d+$/.test(name)) numbers.push(Number(name))
    } catch {
      // Nothing has been stored yet.
    }
    return numbers
  })

const newest = async (page: Page): Promise<number> => Math.max(-1, ...(await checkpointFiles(page)))

const isRunning = (page: Page) =>
  expect(cell(page, 'pretrain')).toHaveAttribute('data-status', 'running', { timeout: patience })

/** When a tab is killed: each waits for its moment. */
const moments = {
  /** The kernels are being compiled. */
  compiling: async (page: Page) => {
    await expect(cell(page, 'pretrain')).toContainText('Compiling kernels', { timeout: patience })
  },
  /** Steps are done, and there is no checkpoint, or none since the run went on. */
  stepping: async (page: Page) => {
    await expect(cell(page, 'pretrain')).toContainText(/Step \d+ of/, { timeout: patience })
  },
  /** A file for the next checkpoint has just been made; one before it is whole. */
  writing: async (page: Page) => {
    await expect.poll(() => newest(page), { intervals: [20], timeout: patience }).toBeGreaterThanOrEqual(0)
    const before = await newest(page)
    await expect.poll(() => newest(page), { intervals: [1], timeout: patience }).toBeGreaterThan(before)
  },
  /** The run has just begun, or just begun to go on. */
  beginning: (page: Page) => isRunning(page),
  /** Any time within the first seconds. */
  whenever: async (page: Page, random: number) => {
    await isRunning(page)
    await page.waitForTimeout(6000 * random)
  },
}
type Moment = keyof typeof moments

/** Kills the page's process, and opens the notebook in another one, where the run is made to go on if it waits. */
async function killed(page: Page): Promise<Page> {
  const context = page.context()
  const devtools = await context.newCDPSession(page)
  const crashed = page.waitForEvent('crash')
  // Never answered: the process that would is gone.
  void devtools.send('Page.crash').catch(() => undefined)
  await crashed
  await page.close()
  const next = await context.newPage()
  await next.goto('./')
  const resume = next.getByRole('button', { name: 'Resume from last session' })
  const going = next.locator('section[data-cell="pretrain"]:is([data-status="running"], [data-status="queued"])')
  await expect(resume.or(going).first()).toBeVisible({ timeout: patience })
  if (await resume.isVisible()) await resume.click()
  return next
}

/** Kills the tab of a run again and again; it ends with the bits of a run left in peace. Returns how often it was killed. */
async function surviveKills(
  browser: Browser,
  testInfo: TestInfo,
  baseURL: string,
  steps: number,
  order: readonly Moment[],
): Promise<number> {
  const notebook = writeMicroNotebook(testInfo.outputPath('run.dubbook.json'), { steps, checkpointEverySteps })
  const expected = await peacefulRun(browser, notebook, steps)
  const profile = testInfo.outputPath('profile')
  const context = await chromium.launchPersistentContext(profile, { ...launchOptions(), baseURL })
  try {
    let page = await context.newPage()
    await openRun(page, notebook)
    await start(page)
    let random = 1
    for (const moment of order) {
      random = (random * 16807) % 2147483647
      await moments[moment](page, random / 2147483647)
      page = await killed(page)
    }
    await expectDone(page, ['pretrain'])
    await start(page)
    expectSameBits(await exported(page), expected)
    const resumes = await resumesOf(page)
    const first = resumes.findIndex(([from]) => from > 0)
    expect(first).toBeGreaterThanOrEqual(0)
    for (const [from, lost] of resumes.slice(first)) {
      expect(from).toBeGreaterThan(0)
      expect(lost).toBeLessThanOrEqual(checkpointEverySteps)
    }
    return order.length
  } finally {
    await context.close()
  }
}

/** Enough for the browser to notice a crash before the run is over. */
const steps = 24
const checkpointEverySteps = 3

test.describe.configure({ timeout: 25 * 60_000 })

test('a run whose GPU process crashes says so, goes on by itself, and ends with the same bits as one left in peace', async ({
  browser,
}, testInfo) => {
  const notebook = writeMicroNotebook(testInfo.outputPath('run.dubbook.json'), { steps, checkpointEverySteps })
  const expected = await peacefulRun(browser, notebook, steps)
  const page = await (await browser.newContext()).newPage()
  await openRun(page, notebook)
  await start(page)
  const pretrain = cell(page, 'pretrain')
  // Lines that last for less than a look at the page are not missed.
  await pretrain.evaluate((element) => {
    const said: string[] = []
    Object.assign(globalThis, { said })
    const note = () => said.push(element.querySelector('.meta')?.textContent ?? '')
    new MutationObserver(note).observe(element, { subtree: true, childList: true, characterData: true })
  })
  await moments.writing(page)
  // Once per launch of the browser: after a second crash Chromium gives no adapter for minutes.
  const devtools = await browser.newBrowserCDPSession()
  // The command never answers: the process that would is gone.
  void devtools.send('Browser.crashGpuProcess').catch(() => undefined)
  const run = await exported(page)
  expect(await page.evaluate(() => Reflect.get(globalThis, 'said'))).toContainEqual(
    expect.stringContaining('The GPU was lost'),
  )
  expect((await resumesOf(page)).map(([from]) => from)).toEqual([expect.any(Number)])
  expectSameBits(run, expected)
})

test('a tab that is killed while it compiles, before the first checkpoint and during a write ends with the same bits', async ({
  browser,
  baseURL,
}, testInfo) => {
  const order = ['compiling', 'stepping', 'writing'] as const
  expect(await surviveKills(browser, testInfo, baseURL ?? '', steps, order)).toBe(3)
})

test('a tab that is killed twenty times ends with the same bits @long', async ({ browser, baseURL }, testInfo) => {
  const round = ['compiling', 'stepping', 'writing', 'beginning', 'whenever', 'writing', 'compiling'] as const
  const order = [...round, ...round, ...round]
  expect(await surviveKills(browser, testInfo, baseURL ?? '', 120, order)).toBeGreaterThanOrEqual(20)
})
