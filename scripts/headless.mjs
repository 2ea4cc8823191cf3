/**
 * Runs a notebook in headless Chromium through the same engine as the page and writes what it computes into a folder.
 * The contract is section 6 of the design; `src/notebook/automation.ts` is the page's side.
 */
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { launchOptions } from './browser.mjs'
import { buildIfStale } from './build.mjs'
import { install, isMain, runMain } from './install.mjs'
import { crash, plainMessage } from './page.mjs'
import { serve } from './serve.mjs'

export const usage = `Usage: npm run -s headless -- NOTEBOOK.dubbook.json --clips DIR --out DIR
  --clips DIR         clips and their labels.csv, in place of the notebook's own media
  --out DIR           where report.json, weights.safetensors and the other results go
  --set CELL.KEY=VAL  changes a setting (or seed=N); may be repeated
  --folder CELL=DIR   gives a cell a folder, as if dropped on it; may be repeated
  --profile DIR       keeps the browser's storage: the same command goes on where a killed run was
  --timeout S         gives up after S seconds`

/** Storage is kept per origin, so the origin must not change with the port. */
const origin = 'http://dubbook.localhost'
/** How long a cell may take to stop. */
const graceMs = 10_000
/** Files leave the page in pieces of this size. */
const pieceBytes = 8 * 2 ** 20
const names = ['clips', 'out', 'set', 'folder', 'profile', 'timeout']

function existingFolder(option, path) {
  const entry = statSync(path, { throwIfNoEntry: false })
  if (!entry?.isDirectory()) throw new Error(`${option} ${path}: there is no such folder.`)
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((file) => file.isFile())
  if (files.length === 0) throw new Error(`${option} ${path}: the folder holds no files.`)
  return resolve(path)
}

function folderAssignment(text) {
  const at = text.indexOf('=')
  if (at < 1) throw new Error(`--folder ${text}: expected CELL=DIR.`)
  return { cellId: text.slice(0, at), path: existingFolder('--folder', text.slice(at + 1)) }
}

function seconds(text) {
  const value = Number(text)
  if (!(value > 0)) throw new Error(`--timeout ${text}: expected a number of seconds.`)
  return value
}

/** @throws with what is wrong about the command line. */
export function parseArguments(args) {
  const given = Object.fromEntries(names.map((name) => [name, []]))
  const positional = []
  for (let at = 0; at < args.length; at++) {
    const [, name, inline] = /^--([^=]*)(?:=(.*))?$/s.exec(args[at]) ?? []
    if (name === undefined) {
      positional.push(args[at])
      continue
    }
    if (!names.includes(name)) throw new Error(`There is no option --${name}.\n${usage}`)
    const value = inline ?? args[++at]
    if (value === undefined) throw new Error(`--${name} needs a value.\n${usage}`)
    given[name].push(value)
  }
  const once = (name) => {
    if (given[name].length > 1) throw new Error(`--${name} is given twice.`)
    return given[name][0]
  }
  const [notebook, ...others] = positional
  const out = once('out')
  if (notebook === undefined || others.length > 0 || out === undefined)
    throw new Error(`One notebook and --out are needed.\n${usage}`)
  if (!existsSync(notebook)) throw new Error(`${notebook}: there is no such file.`)
  const [clips, profile, timeout] = [once('clips'), once('profile'), once('timeout')]
  return {
    notebook,
    out,
    clips: clips === undefined ? null : existingFolder('--clips', clips),
    assignments: given.set,
    folders: given.folder.map(folderAssignment),
    profile: profile === undefined ? null : resolve(profile),
    timeoutS: timeout === undefined ? null : seconds(timeout),
  }
}

/** Starts Chromium; a profile that a killed run still holds is tried again until its browser has gone. */
async function launch(profile, port) {
  const { chromium } = await import('playwright')
  const { executablePath, args } = launchOptions()
  const options = {
    executablePath,
    args: [...args, `--host-resolver-rules=MAP dubbook.localhost:80 127.0.0.1:${port}`],
    headless: true,
    handleSIGINT: false,
    handleSIGTERM: false,
    // A stored copy of the site could be older than the sources that were just built.
    serviceWorkers: 'block',
  }
  for (let attempt = 1; ; attempt++) {
    try {
      return await chromium.launchPersistentContext(profile, options)
    } catch (error) {
      const isHeld = /ProcessSingleton|profile.*in use|SingletonLock/i.test(error.message)
      if (!isHeld) throw error
      if (attempt === 10) throw new Error(`--profile ${profile}: another browser is using this profile.`)
      await sleep(1000)
    }
  }
}

async function openPage(context) {
  const page = context.pages()[0] ?? (await context.newPage())
  page.setDefaultTimeout(0)
  page.on('console', (message) => {
    if (['info', 'warning', 'error'].includes(message.type())) console.error(message.text())
  })
  page.on('pageerror', (error) => console.error(`The page: ${plainMessage(error)}`))
  await page.goto(`${origin}/?automation`)
  // The notebook's scripts are modules: they have run when the page has loaded.
  if (!(await page.evaluate(() => 'dubbook' in globalThis)))
    throw new Error('The page did not start; what it said is above.')
  return page
}

async function fillFolder(page, cellId, path) {
  const input = await page.evaluateHandle((id) => globalThis.dubbook.folderInput(id), cellId)
  await input.asElement().setInputFiles(path)
}

async function saveFiles(page, out) {
  for (const { cellId, name, bytes } of await page.evaluate(() => globalThis.dubbook.files())) {
    // Not as downloads: after ten of them Chromium asks somebody, and nobody is there.
    const path = join(out, name)
    mkdirSync(dirname(path), { recursive: true })
    const file = openSync(path, 'w')
    try {
      for (let start = 0; start < bytes; start += pieceBytes) {
        const place = [cellId, name, start, start + pieceBytes]
        const piece = await page.evaluate((from) => globalThis.dubbook.read(...from), place)
        writeSync(file, Buffer.from(piece, 'base64'))
      }
    } finally {
      closeSync(file)
    }
  }
}

/** Stops a run that takes too long; a cell that does not stop either is left behind. */
async function withTimeout(page, running, timeoutS) {
  const limit = new AbortController()
  const late = sleep(timeoutS * 1000, 'late', { signal: limit.signal }).catch(() => {})
  if ((await Promise.race([running, late])) === 'late') {
    console.error(`Given up after ${timeoutS} s (--timeout).`)
    await page.evaluate(() => globalThis.dubbook.stop())
    await Promise.race([running, sleep(graceMs, undefined, { signal: limit.signal }).catch(() => {})])
  }
  limit.abort()
}

/** Runs the notebook in the page and writes the results. Returns the cells that are not done. */
async function runNotebook(page, options, notebookText) {
  const { clips, folders, assignments, out, timeoutS } = options
  if (clips) await fillFolder(page, undefined, clips)
  for (const { cellId, path } of folders) await fillFolder(page, cellId, path)
  await page.evaluate(([text, sets]) => globalThis.dubbook.open(text, sets), [notebookText, assignments])

  const running = page.evaluate(() => globalThis.dubbook.run())
  await (timeoutS === null ? running : withTimeout(page, running, timeoutS))

  const report = await page.evaluate(() => globalThis.dubbook.report())
  writeFileSync(join(out, 'report.json'), `${JSON.stringify(report, null, 2)}\n`)
  await saveFiles(page, out)
  return report.cells.filter(({ status }) => status !== 'done')
}

async function main() {
  const options = parseArguments(process.argv.slice(2))
  const notebookText = readFileSync(options.notebook, 'utf8')
  mkdirSync(options.out, { recursive: true })
  rmSync(join(options.out, 'report.json'), { force: true })
  install({ browser: true })
  await buildIfStale()

  const server = await serve()
  const profile = options.profile ?? mkdtempSync(join(tmpdir(), 'dubbook-profile-'))
  let context = null
  const tidy = async () => {
    await context?.close().catch(() => {})
    await server.close()
    if (!options.profile) rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }
  let closing = null
  const close = () => {
    closing ??= tidy()
    return closing
  }
  let signalled = false
  for (const [signal, exitCode] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])
    process.once(signal, () => {
      signalled = true
      console.error(`Stopped by ${signal}.`)
      close().finally(() => process.exit(exitCode))
    })
  try {
    context = await launch(profile, server.port)
    const page = await openPage(context)
    const gone = crash(context, page)
    gone.catch(() => {})
    const unfinished = await Promise.race([runNotebook(page, options, notebookText), gone])
    for (const { id, status, error } of unfinished) console.error(`${id}: ${status}: ${error}`)
    return unfinished.length === 0 ? 0 : 1
  } catch (error) {
    // After a signal the browser goes away under the run; that is no news.
    if (!signalled) throw new Error(plainMessage(error))
  } finally {
    await close()
  }
}

if (isMain(import.meta.url)) await runMain(main)
