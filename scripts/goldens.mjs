/**
 * Rebuilds golden files in Chromium on our own kernels, computes every tensor that is not given and compares. The contract
 * is sections 6 and 7 of the design; `src/engine/goldens/` is the page's side.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { launchOptions } from './browser.mjs'
import { install, isMain, root, runMain } from './install.mjs'
import { crash, plainMessage } from './page.mjs'
import { serve } from './serve.mjs'

const usage = `Usage: npm run -s goldens -- FILE_OR_DIR... [--write OUT] [--tolerance X] [--variants all]
  FILE_OR_DIR     golden files; of a folder, its files *.safetensors
  --write OUT     stores what was computed as OUT/NAME, NAME being that of the golden file
  --tolerance X   of every relative error, in place of those of the design
  --variants all  runs every file with every variant of every kernel; what other variants than the default ones
                  computed is stored in a folder of OUT named after them
One JSON line per tensor on standard output: relativeError and maxAbsError are null where a tensor was not produced or is
not finite. Exit status 1 if one is wrong, or a file could not be run; why is on standard error.`

const optionNames = ['write', 'tolerance', 'variants']

/** @throws with what is wrong about the command line. */
export function parseArguments(args) {
  const given = {}
  const paths = []
  for (let at = 0; at < args.length; at++) {
    const [, name, inline] = /^--([^=]*)(?:=(.*))?$/s.exec(args[at]) ?? []
    if (name === undefined) {
      paths.push(args[at])
      continue
    }
    if (!optionNames.includes(name)) throw new Error(`There is no option --${name}.\n${usage}`)
    if (name in given) throw new Error(`--${name} is given twice.`)
    const value = inline ?? args[++at]
    if (value === undefined) throw new Error(`--${name} needs a value.\n${usage}`)
    given[name] = value
  }
  if (paths.length === 0) throw new Error(`A golden file or a folder of them is needed.\n${usage}`)
  const { write = null, tolerance = null, variants } = given
  if (tolerance !== null && !(tolerance.trim() !== '' && Number(tolerance) >= 0))
    throw new Error(`--tolerance ${tolerance}: expected a number.`)
  if (variants !== undefined && variants !== 'all') throw new Error(`--variants ${variants}: only "all" is known.`)
  return {
    paths,
    write: write === null ? null : resolve(write),
    tolerance: tolerance === null ? null : Number(tolerance),
    allVariants: variants === 'all',
  }
}

/** The files that the command line names, each once, and what is wrong with the rest. */
export function findFiles(paths) {
  const files = new Set()
  const problems = []
  for (const path of paths) {
    const entry = statSync(path, { throwIfNoEntry: false })
    if (entry?.isFile()) files.add(resolve(path))
    else if (entry?.isDirectory()) {
      const names = readdirSync(path).filter((name) => name.endsWith('.safetensors'))
      if (names.length === 0) problems.push(`${path}: the folder holds no *.safetensors.`)
      for (const name of names.sort()) files.add(resolve(path, name))
    } else problems.push(`${path}: there is no such file.`)
  }
  return { files: [...files], problems }
}

/** Builds the page, which is no part of the site, into a folder of its own. */
async function buildPage(folder) {
  const { build } = await import('vite')
  await build({
    root: join(root, 'src', 'engine', 'goldens'),
    configFile: false,
    base: './',
    logLevel: 'error',
    build: { target: 'es2023', outDir: folder, emptyOutDir: true, modulePreload: { polyfill: false } },
  })
}

async function openPage(context, url) {
  const page = await context.newPage()
  page.setDefaultTimeout(0)
  page.on('console', (message) => {
    if (['warning', 'error'].includes(message.type())) console.error(message.text())
  })
  page.on('pageerror', (error) => console.error(`The page: ${plainMessage(error)}`))
  await page.goto(url)
  return page
}

/** JSON has no numbers for what is not finite. */
const finite = (value) => (Number.isFinite(value) ? value : null)

async function saveComputed(page, path) {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.evaluate(() => globalThis.goldens.download()),
  ])
  await download.saveAs(path)
  await download.delete()
}

/** Runs one file with one choice of kernels; returns whether all of it is as it should be. */
async function runFile(page, index, file, choice, { tolerance, write, allVariants }) {
  const name = basename(file)
  const label = allVariants ? `${name} (${choice.variants})` : name
  const started = performance.now()
  let results
  try {
    results = await page.evaluate(
      ([at, request]) => globalThis.goldens.run(at, request),
      [index, { table: choice.table, tolerance, keep: write !== null }],
    )
  } catch (error) {
    if (page.isClosed()) throw error
    console.error(`${label}: ${plainMessage(error)}`)
    return false
  }
  for (const { tensor, shape, relativeError, maxAbsError, problem } of results) {
    const line = { file: name, tensor, shape, relativeError: finite(relativeError), maxAbsError: finite(maxAbsError) }
    console.log(JSON.stringify(allVariants ? { ...line, variants: choice.variants } : line))
    if (problem !== null) console.error(`${label}: ${tensor} ${problem}.`)
  }
  if (write !== null) {
    const own = Object.entries(choice.table).map(([family, variant]) => `${family}=${variant}`)
    await saveComputed(page, join(write, ...own, name))
  }
  const wrong = results.filter(({ problem }) => problem !== null).length
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.error(`${label}: ${results.length - wrong} of ${results.length} tensors agree, in ${seconds} s`)
  return wrong === 0
}

async function runFiles(page, files, options) {
  await page.locator('#files').setInputFiles(files)
  const choices = await page.evaluate(() => globalThis.goldens.choices())
  let allRight = true
  for (const choice of options.allVariants ? choices : choices.slice(0, 1))
    for (const [index, file] of files.entries()) {
      const isRight = await runFile(page, index, file, choice, options)
      allRight &&= isRight
    }
  return allRight
}

async function main() {
  const options = parseArguments(process.argv.slice(2))
  const { files, problems } = findFiles(options.paths)
  for (const problem of problems) console.error(problem)
  if (files.length === 0) return 1
  const names = files.map((file) => basename(file))
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (options.write !== null && twice !== undefined)
    throw new Error(`--write ${options.write}: two golden files are called ${twice}; run them one after the other.`)
  if (options.write !== null) mkdirSync(options.write, { recursive: true })
  install({ browser: true })

  const folder = mkdtempSync(join(tmpdir(), 'dubbook-goldens-'))
  let server = null
  let browser = null
  try {
    await buildPage(folder)
    server = await serve({ folder })
    const { chromium } = await import('playwright')
    browser = await chromium.launch({ ...launchOptions(), headless: true })
    const context = await browser.newContext()
    const page = await openPage(context, server.url)
    const gone = crash(context, page)
    gone.catch(() => {})
    console.error(await page.evaluate(() => globalThis.goldens.adapter()))
    const allRight = await Promise.race([runFiles(page, files, options), gone])
    return allRight && problems.length === 0 ? 0 : 1
  } catch (error) {
    throw new Error(plainMessage(error))
  } finally {
    await browser?.close().catch(() => {})
    await server?.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

if (isMain(import.meta.url)) await runMain(main)
