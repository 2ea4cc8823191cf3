/** The notebook as the tests see it: by the names and states that a user of the page perceives. */
import { readFileSync } from 'node:fs'
import { expect, type Locator, type Page } from '@playwright/test'

/** Longer than a run takes on two slow cores; a test fails by what it finds, not by a clock. */
const runTimeout = 25 * 60_000

export const cell = (page: Page, id: string): Locator => page.locator(`section[data-cell="${id}"]`)

/** Opens the page and waits until the engine has answered and the notebook is there. */
export async function openNotebook(page: Page): Promise<void> {
  await page.goto('./')
  await expect(page.getByRole('button', { name: 'Run all' })).toBeEnabled()
  await expect(page.getByText('clips stay on this computer')).toBeVisible()
  await expect(page.getByText(/SwiftShader|GPU/i).first()).toBeVisible()
}

/** Waits for cells to be done; one that fails ends the wait with its message. */
export async function expectDone(page: Page, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const section = cell(page, id)
    await expect(section).toHaveAttribute('data-status', /^(done|failed|skipped)$/, { timeout: runTimeout })
    if ((await section.getAttribute('data-status')) === 'done') continue
    throw new Error(`Cell ${id}: ${await section.getByRole('alert').first().textContent()}`)
  }
}

/** Types a setting's value, as a user would, and leaves the field. */
export async function setSetting(page: Page, cellId: string, label: string, value: string): Promise<void> {
  const field = cell(page, cellId).getByLabel(label, { exact: false }).first()
  await field.fill(value)
  await field.press('Enter')
  await expect(field).toHaveValue(value)
}

/** Presses a download button of the export cell and returns the file's content. */
export async function download(page: Page, name: string): Promise<Buffer> {
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: `Download ${name}` }).click(),
  ])
  expect(file.suggestedFilename()).toBe(name)
  return readFileSync(await file.path())
}

/** Drops files or folders of this machine on the page: the browser's own drag and drop, not a made-up event. */
export async function dropOnPage(page: Page, paths: readonly string[]): Promise<void> {
  const devtools = await page.context().newCDPSession(page)
  const data = { items: [], files: [...paths], dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await devtools.send('Input.dispatchDragEvent', { type, x: 720, y: 450, data })
  await devtools.detach()
}

/** A table as the page shows it: text by row header and column header. */
export async function readTable(table: Locator): Promise<(row: string, column: string) => string> {
  const rows = await table
    .locator('tr')
    .evaluateAll((elements) =>
      elements.map((element) => [...element.querySelectorAll('th, td')].map((cell) => cell.textContent?.trim() ?? '')),
    )
  return (row, column) => {
    const index = rows[0]?.indexOf(column) ?? -1
    const text = rows.find(([name]) => name === row)?.[index]
    if (text === undefined) throw new Error(`The table has no "${row}" under "${column}": ${JSON.stringify(rows)}`)
    return text
  }
}

/** All numbers in a text, in order. */
export const numbersIn = (text: string): number[] => (text.match(/-?\d+(\.\d+)?/g) ?? []).map(Number)
