/**
 * Runs every test and ends with `N passed, N failed`: those of the scripts (Node), the unit tests (Vitest, in real
 * Chromium with WebGPU) and the end-to-end tests (Playwright, against the built site). `--long` adds those tagged @long.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { buildIfStale } from './build.mjs'
import { findChromium, install, isMain, root, runMain } from './install.mjs'

const reports = join(root, '.cache', 'test-reports')

/** Runs a tool of ours with Node; returns whether it said that all is well. */
function runTool(script, args, env = {}) {
  const result = spawnSync(process.execPath, [...script, ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, CHROMIUM: findChromium(), ...env },
  })
  return result.status === 0
}

/** A tool that fails without a failed test (a file that does not load, a crash) counts as one failure. */
const count = (name, wentWell, read) => {
  let passed = 0
  let failed = 0
  try {
    ;({ passed, failed } = read())
  } catch {
    console.error(`${name} left no report.`)
  }
  return { name, passed, failed: failed === 0 && !wentWell ? 1 : failed }
}

const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'))

function scriptTests() {
  const report = join(reports, 'scripts.tap')
  const files = readdirSync(join(root, 'scripts')).filter((file) => file.endsWith('.test.mjs'))
  const reporters = ['spec', 'tap'].map((name) => `--test-reporter=${name}`)
  const destinations = ['stdout', report].map((name) => `--test-reporter-destination=${name}`)
  const paths = files.map((file) => join('scripts', file))
  const wentWell = runTool(['--test', ...reporters, ...destinations], paths)
  return count('Scripts', wentWell, () => {
    const text = readFileSync(report, 'utf8')
    const total = (word) => Number(new RegExp(`^# ${word} (\\d+)$`, 'm').exec(text)[1])
    return { passed: total('pass'), failed: total('fail') + total('cancelled') }
  })
}

function unitTests(long) {
  const report = join(reports, 'unit.json')
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const wentWell = runTool([vitest], long ? args : [...args, '--testNamePattern=^(?!.*@long)'])
  return count('Unit tests', wentWell, () => {
    const { numPassedTests, numFailedTests } = readJson(report)
    return { passed: numPassedTests, failed: numFailedTests }
  })
}

function endToEndTests(long) {
  const report = join(reports, 'e2e.json')
  const playwright = join(root, 'node_modules', '@playwright', 'test', 'cli.js')
  const args = ['test', '--reporter=list,json', ...(long ? [] : ['--grep-invert=@long'])]
  const wentWell = runTool([playwright], args, { PLAYWRIGHT_JSON_OUTPUT_NAME: report })
  return count('End-to-end tests', wentWell, () => {
    const { expected, flaky, unexpected } = readJson(report).stats
    return { passed: expected, failed: unexpected + flaky }
  })
}

async function main() {
  const long = process.argv.includes('--long')
  install({ tests: true })
  rmSync(reports, { recursive: true, force: true })
  mkdirSync(reports, { recursive: true })
  const parts = [scriptTests(), unitTests(long)]
  // A site that does not build is one failure, not the end of the count.
  const built = await buildIfStale().then(
    () => true,
    (error) => console.error(error.message),
  )
  parts.push(built ? endToEndTests(long) : { name: 'End-to-end tests', passed: 0, failed: 1 })
  const sum = (key) => parts.reduce((total, part) => total + part[key], 0)
  console.log()
  for (const { name, passed, failed } of parts) console.log(`${name}: ${passed} passed, ${failed} failed`)
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`)
  return sum('failed') === 0 ? 0 : 1
}

if (isMain(import.meta.url)) await runMain(main)
