/** What the very first load of a fresh profile fetches, tells nobody, and keeps for a visit without a network. */
import { cpSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import { expect, type Page, test } from '@playwright/test'
import { site } from '../scripts/build.mjs'
import { serve } from '../scripts/serve.mjs'
import { expectDone, openNotebook } from './support/notebook-page'

const elsewhere = 'https://example.com/'
const tryToReach = (address: string) =>
  fetch(address).then(
    () => 'reached',
    () => 'refused',
  )

/** Adds up the compressed bytes of all scripts that the page's own frame fetches; workers are other targets. */
async function countScripts(page: Page): Promise<() => { readonly bytes: number; readonly urls: readonly string[] }> {
  const devtools = await page.context().newCDPSession(page)
  const scripts = new Map<string, string>()
  let bytes = 0
  devtools.on('Network.responseReceived', ({ requestId, type, response }) => {
    if (type === 'Script') scripts.set(requestId, response.url)
  })
  devtools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) bytes += encodedDataLength
  })
  await devtools.send('Network.enable')
  await devtools.send('Network.setCacheDisabled', { cacheDisabled: true })
  return () => ({ bytes, urls: [...scripts.values()] })
}

test('all JavaScript that the page fetches until Run all can be pressed is at most 250 KB', async ({ page }) => {
  const scripts = await countScripts(page)
  await openNotebook(page)
  const { bytes, urls } = scripts()
  test.info().annotations.push({ type: 'initial JavaScript', description: `${bytes} bytes in ${urls.length} files` })
  expect(urls.length).toBeGreaterThan(0)
  expect(bytes).toBeGreaterThan(10_000)
  expect(bytes).toBeLessThanOrEqual(250_000)
})

test('axe finds nothing on the page as it opens', async ({ page }) => {
  await openNotebook(page)
  await expectDone(page, ['corpus', 'spectrogram'])
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
})

test('neither page nor worker can reach another origin, and nothing of ours tries', async ({ page, baseURL }) => {
  const requests: string[] = []
  page.context().on('request', (request) => requests.push(request.url()))
  await page.addInitScript(() => {
    const seen: string[] = []
    Object.assign(globalThis, { violations: seen })
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      seen.push(`${violatedDirective} ${blockedURI}`),
    )
  })
  const violations = () => page.evaluate(() => (globalThis as unknown as { violations: string[] }).violations)
  await openNotebook(page)
  await expectDone(page, ['corpus', 'spectrogram'])

  expect(await violations()).toEqual([])
  const { origin } = new URL(baseURL ?? '')
  expect(requests.filter((url) => !url.startsWith(`${origin}/`) && !url.startsWith(`blob:${origin}/`))).toEqual([])

  expect(await page.evaluate(tryToReach, elsewhere)).toBe('refused')
  expect(await violations()).toEqual([expect.stringMatching(/^connect-src https:\/\/example\.com/)])
  const workers = page.workers()
  expect(workers.length).toBeGreaterThan(0)
  for (const worker of workers) {
    const blocked = worker.evaluate(
      () =>
        new Promise<string>((resolve) => {
          addEventListener('securitypolicyviolation', (event) =>
            resolve((event as SecurityPolicyViolationEvent).blockedURI),
          )
        }),
    )
    expect(await worker.evaluate(tryToReach, elsewhere)).toBe('refused')
    expect(await blocked).toContain('https://example.com')
  }
})

test('after the first visit the notebook opens without a network, samples included, even if a file was lost at first', async ({
  page,
}, info) => {
  const folder = info.outputPath('site')
  cpSync(site, folder, { recursive: true })
  const lost = { at: join(folder, 'icon.svg'), meanwhile: join(folder, 'icon.lost') }
  renameSync(lost.at, lost.meanwhile)
  const warnings: string[] = []
  page.on('console', (message) => warnings.push(message.text()))
  const server = await serve({ folder, base: '/another/path/' })
  const visit = async () => {
    await page.goto(server.url)
    await expect(page.getByRole('button', { name: 'Run all' })).toBeEnabled()
    await expectDone(page, ['corpus', 'spectrogram'])
  }
  await visit()
  await expect
    .poll(() => warnings, { timeout: 60_000 })
    .toContainEqual(expect.stringMatching(/will not open without a network yet; next attempt in 5 s/))
  renameSync(lost.meanwhile, lost.at)
  await expect
    .poll(() => page.evaluate(() => navigator.serviceWorker.controller?.state), { timeout: 120_000 })
    .toBe('activated')
  await server.close()
  // Otherwise the notebook of the first visit, not the sample one, would be opened.
  await page.evaluate(() => localStorage.clear())
  await visit()
})
