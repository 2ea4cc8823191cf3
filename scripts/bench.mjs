/**
 * Runs benchmarks in headless Chromium: our engine and its peers in one browser, interleaved. The contract is section 6 of
 * the design; `bench/` holds a file per benchmark.
 */
import { execFile, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { launchOptions } from './browser.mjs'
import { install, isMain, root, runMain } from './install.mjs'
import { serve } from './serve.mjs'

const usage = `Usage: npm run -s bench -- [NAME...] [--json FILE] [--rounds N] [--case CASE]... [--peers LIST] [--plots DIR]
  NAME          matmul, vit, ...; all of them if none is given
  --json FILE   also writes a JSON line per comparison
  --rounds N    timings per side; each benchmark has its own default
  --case CASE   only this case, for instance 1024; may be repeated
  --peers LIST  only these, for instance peak,jax-js; "none" for ours alone
  --plots DIR   also writes the plots, as SVG`

const optionNames = ['json', 'rounds', 'case', 'peers', 'plots']

/** @throws with what is wrong about the command line. */
export function parseArguments(args) {
  const given = Object.fromEntries(optionNames.map((name) => [name, []]))
  const names = []
  for (let at = 0; at < args.length; at++) {
    const [, name, inline] = /^--([^=]*)(?:=(.*))?$/s.exec(args[at]) ?? []
    if (name === undefined) {
      names.push(args[at])
      continue
    }
    if (!optionNames.includes(name)) throw new Error(`There is no option --${name}.\n${usage}`)
    const value = inline ?? args[++at]
    if (value === undefined) throw new Error(`--${name} needs a value.\n${usage}`)
    if (name !== 'case' && given[name].length > 0) throw new Error(`--${name} is given twice.`)
    given[name].push(value)
  }
  const [rounds] = given.rounds
  if (rounds !== undefined && !/^[1-9]\d*$/.test(rounds))
    throw new Error(`--rounds ${rounds}: expected a number from 1.`)
  const [peers] = given.peers
  return {
    names,
    json: given.json[0] ?? null,
    plots: given.plots[0] ?? null,
    rounds: rounds === undefined ? null : Number(rounds),
    cases: given.case,
    peers: peers === undefined ? null : peers.split(',').filter((peer) => peer !== 'none'),
  }
}

/** Numbers with three figures, in columns that line up. */
export function table({ rows, notes }) {
  const figures = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3))
  const cells = [
    ['case', 'ours (ms)', 'peer', 'peer (ms)', 'peer / ours'],
    ...rows.map((row) => [row.case, figures(row.ours), row.peerName, figures(row.peer), figures(row.ratio)]),
  ]
  const widths = cells[0].map((_, column) => Math.max(...cells.map((line) => line[column].length)))
  const isText = (column) => column === 0 || column === 2
  const lines = cells.map((line) =>
    line
      .map((cell, column) => (isText(column) ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
      .join('  '),
  )
  return [...lines.map((line) => line.trimEnd()), ...notes].join('\n')
}

/** Builds the page from the sources as they are now; in a folder of its own, as several runs may go on at once. */
function buildPage() {
  mkdirSync(join(root, '.cache'), { recursive: true })
  const folder = mkdtempSync(join(root, '.cache', 'bench-'))
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')
  const config = join(root, 'bench', 'vite.config.ts')
  const args = [vite, 'build', '--config', config, '--outDir', folder, '--logLevel', 'error']
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 2, 2] })
  if (status === 0) return folder
  rmSync(folder, { recursive: true, force: true })
  throw new Error('The benchmarks could not be built; the messages are above.')
}

/** What the page threw, without where it was called. */
const plainMessage = (error) =>
  String(error.message)
    .replace(/^page\.evaluate: (Error: )?/, '')
    .split(/\n {4}at /)[0]

/** Debian's; others have their own and would surprise. */
const python = '/usr/bin/python3'

/** Runs a script of `bench/peers` with one argument. @returns what it printed, null where there is no PyTorch. */
async function runPython(script, argument) {
  if (!existsSync(python) || spawnSync(python, ['-c', 'import torch']).status !== 0) return null
  const { stdout } = await promisify(execFile)(python, [join(root, 'bench', 'peers', script), argument])
  return stdout
}

/** ms that ffmpeg takes to decode sample clips, one process after the other. */
function timeFfmpeg(names) {
  const begun = performance.now()
  for (const name of names) {
    const file = join(root, 'public', 'samples', basename(name))
    const { status } = spawnSync('ffmpeg', ['-v', 'error', '-i', file, '-map', '0', '-f', 'null', '-'], {
      stdio: ['ignore', 'ignore', 2],
    })
    if (status !== 0) throw new Error(`ffmpeg could not decode ${name}.`)
  }
  return performance.now() - begun
}

const hasFfmpeg = () => spawnSync('ffmpeg', ['-version'], { stdio: 'ignore' }).status === 0

/** A page per benchmark, so that none inherits another's memory. */
async function withPage(browser, url, use) {
  const page = await browser.newPage()
  page.on('console', (message) => {
    if (message.type() === 'info') console.error(message.text())
  })
  const crashed = new Promise((_, reject) => {
    page.on('crash', () => reject(new Error('The page crashed: most likely the machine is out of memory.')))
  })
  crashed.catch(() => {})
  if (hasFfmpeg()) await page.exposeFunction('timeFfmpeg', timeFfmpeg)
  try {
    await page.exposeFunction('dubbookPython', runPython)
    await page.goto(url)
    return await Promise.race([use(page), crashed])
  } finally {
    await page.close()
  }
}

async function main() {
  const options = parseArguments(process.argv.slice(2))
  install({ browser: true })
  const { chromium } = await import('playwright')
  const folder = buildPage()
  const server = await serve({ folder })
  const browser = await chromium.launch(launchOptions())
  const rows = []
  let failed = 0
  try {
    const known = await withPage(browser, server.url, (page) => page.evaluate(() => globalThis.dubbookBench))
    for (const name of options.names)
      if (!known.names.includes(name))
        throw new Error(`There is no benchmark "${name}"; there are ${known.names.join(', ')}.`)
    for (const peer of options.peers ?? [])
      if (!known.peerNames.includes(peer))
        throw new Error(`There is no peer "${peer}"; there are ${known.peerNames.join(', ')}.`)
    const request = {
      rounds: options.rounds ?? undefined,
      cases: options.cases,
      peers: options.peers ?? known.peerNames,
    }
    for (const name of options.names.length > 0 ? options.names : known.names) {
      try {
        const result = await withPage(browser, server.url, (page) =>
          page.evaluate(([bench, asked]) => globalThis.dubbookBench.run(bench, asked), [name, request]),
        )
        console.log(`${name}\n${table(result)}\n`)
        rows.push(...result.rows)
        for (const [file, svg] of Object.entries(options.plots === null ? {} : (result.plots ?? {}))) {
          mkdirSync(options.plots, { recursive: true })
          writeFileSync(join(options.plots, file), svg)
        }
      } catch (error) {
        failed++
        console.error(`${name}: ${plainMessage(error)}`)
      }
    }
  } finally {
    await browser.close()
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  }
  if (options.json !== null) writeFileSync(options.json, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  return failed === 0 ? 0 : 1
}

if (isMain(import.meta.url)) await runMain(main)
