/**
 * Opens media files in headless Chromium as the corpus cell does and writes what it saw of each: tracks, sound, the colours of
 * frames. The contract is section 6 of the design; `src/engine/inspection/` is the page's side.
 */
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { launchOptions } from './browser.mjs'
import { install, isMain, root, runMain } from './install.mjs'
import { crash, plainMessage } from './page.mjs'
import { serve } from './serve.mjs'
import { createWav } from './wav-writer.mjs'

const usage = `Usage: npm run -s media -- FILE... --out DIR [--from S] [--to S]
  FILE        media files; what is wrong with one is said in its result
  --out DIR   where results go: FILE.json, FILE.TRACK.wav (float32) and FILE.TRACK.frames.csv
  --from S    first second of title time, 0 if not given
  --to S      end of title time, that of every track if not given
Exit status 0 if every file ended in a result or a message.`

const optionNames = ['out', 'from', 'to']
/** A page that hands nothing over for this long hangs. */
const longestSilenceMs = 120_000

function seconds(name, text) {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) throw new Error(`--${name} ${text}: expected a number of seconds.`)
  return value
}

/** @throws with what is wrong about the command line. */
export function parseArguments(args) {
  const given = {}
  const files = []
  for (let at = 0; at < args.length; at++) {
    const [, name, inline] = /^--([^=]*)(?:=(.*))?$/s.exec(args[at]) ?? []
    if (name === undefined) {
      files.push(resolve(args[at]))
      continue
    }
    if (!optionNames.includes(name)) throw new Error(`There is no option --${name}.\n${usage}`)
    if (name in given) throw new Error(`--${name} is given twice.`)
    const value = inline ?? args[++at]
    if (value === undefined) throw new Error(`--${name} needs a value.\n${usage}`)
    given[name] = value
  }
  if (files.length === 0 || given.out === undefined) throw new Error(`A file and --out are needed.\n${usage}`)
  for (const file of files)
    if (!statSync(file, { throwIfNoEntry: false })?.isFile()) throw new Error(`${file}: there is no such file.`)
  const names = files.map((file) => basename(file))
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new Error(`Two files are called ${twice}; open them one after the other.`)
  const from = given.from === undefined ? 0 : seconds('from', given.from)
  const to = given.to === undefined ? null : seconds('to', given.to)
  if (to !== null && to < from) throw new Error(`--to ${to} lies before --from ${from}.`)
  return { files, out: resolve(given.out), from, to }
}

/** Builds the page, which is no part of the site, into a folder of its own. */
async function buildPage(folder) {
  const { build } = await import('vite')
  await build({
    root: join(root, 'src', 'engine', 'inspection'),
    configFile: false,
    base: './',
    logLevel: 'error',
    worker: { format: 'es' },
    build: { target: 'es2023', outDir: folder, emptyOutDir: true, modulePreload: { polyfill: false } },
  })
}

/** Writes the pieces of one file; `heard` is called whenever one comes. */
function results(out, name, heard) {
  const sounds = new Map()
  const pictures = new Set()
  const colours = (trackId) => {
    const path = join(out, `${name}.${trackId}.frames.csv`)
    if (!pictures.has(trackId)) writeFileSync(path, 'timeS,meanR,meanG,meanB\n')
    pictures.add(trackId)
    return path
  }
  const sound = (trackId) => {
    if (!sounds.has(trackId)) sounds.set(trackId, createWav(join(out, `${name}.${trackId}.wav`)))
    return sounds.get(trackId)
  }
  return {
    take(trackId, kind, piece) {
      heard()
      if (kind === 'sound') sound(trackId).add(Buffer.from(piece, 'base64'))
      else appendFileSync(colours(trackId), piece)
    },
    finish(report) {
      for (const { id, kind, decodable, sampleRate, channels } of report.tracks) {
        if (decodable && kind === 'audio') sound(id).finish(sampleRate, channels)
        if (decodable && kind === 'video') colours(id)
      }
      writeFileSync(join(out, `${name}.json`), `${JSON.stringify(report, null, 2)}\n`)
    },
  }
}

/** A page of its own for every file: what one leaves behind, another does not meet. Returns whether the page lived. */
async function inspect(context, url, file, { out, from, to }) {
  const name = basename(file)
  const page = await context.newPage()
  page.setDefaultTimeout(0)
  let uncaught = 0
  page.on('console', (message) => {
    if (['warning', 'error'].includes(message.type())) console.error(`${name}: ${message.text()}`)
  })
  page.on('pageerror', (error) => {
    uncaught++
    console.error(`${name}: the page: ${plainMessage(error)}`)
  })
  const gone = crash(context, page)
  gone.catch(() => {})
  let timer
  let heard = () => {}
  const silent = new Promise((_, reject) => {
    heard = () => {
      clearTimeout(timer)
      const seconds = longestSilenceMs / 1000
      timer = setTimeout(() => reject(new Error(`nothing more was read of it within ${seconds} s`)), longestSilenceMs)
    }
  })
  silent.catch(() => {})
  const found = results(out, name, () => heard())
  heard()
  try {
    await page.exposeFunction('takePiece', found.take)
    await page.goto(url)
    await page.locator('#files').setInputFiles(file)
    const inspecting = page.evaluate(([fromS, toS]) => globalThis.media.inspect(0, fromS, toS), [from, to])
    const report = await Promise.race([inspecting, gone, silent])
    found.finish(report)
    for (const problem of report.problems) console.error(problem)
    console.error(`${name}: ${report.container ?? 'not opened'}, ${report.tracks.length} tracks`)
    return uncaught === 0
  } catch (error) {
    const problem = `${name}: ${plainMessage(error)}.`
    found.finish({ container: null, durationS: 0, tracks: [], problems: [problem] })
    console.error(problem)
    return false
  } finally {
    clearTimeout(timer)
    await page.close().catch(() => {})
  }
}

async function main() {
  const options = parseArguments(process.argv.slice(2))
  mkdirSync(options.out, { recursive: true })
  install({ browser: true })
  const folder = mkdtempSync(join(tmpdir(), 'dubbook-media-'))
  let server = null
  let browser = null
  try {
    await buildPage(folder)
    server = await serve({ folder })
    const { chromium } = await import('playwright')
    browser = await chromium.launch({ ...launchOptions(), headless: true })
    const context = await browser.newContext()
    let allEnded = true
    for (const file of options.files) {
      const ended = await inspect(context, server.url, file, options)
      allEnded &&= ended
    }
    return allEnded ? 0 : 1
  } catch (error) {
    throw new Error(plainMessage(error))
  } finally {
    await browser?.close().catch(() => {})
    await server?.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

if (isMain(import.meta.url)) await runMain(main)
