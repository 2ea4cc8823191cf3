import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { findChromium, root } from './install.mjs'
import { parseArguments } from './study.mjs'

test('the command line says which question is asked, at which scale, and what is wrong with it', () => {
  const cache = join(root, '.cache', 'study')
  const out = join(root, 'bench')
  assert.deepEqual(parseArguments([]), { compare: 'variants', scale: 'full', seeds: null, jobs: 1, out, cache })
  const { compare, scale } = parseArguments(['--compare=dubs', '--smoke'])
  assert.deepEqual([compare, scale], ['dubs', 'smoke'])
  assert.equal(parseArguments(['--seeds', '2']).seeds, 2)
  assert.throws(() => parseArguments(['--compare', 'nothing']), /there are sampling, objective and dubs/)
  assert.throws(() => parseArguments(['--seeds', '0']), /expected a number from 1/)
  assert.throws(() => parseArguments(['--fast']), /There is no option --fast/)
  assert.throws(() => parseArguments(['--pilot', '--smoke']), /exclude each other/)
  assert.throws(() => parseArguments(['--compare']), /needs a value/)
})

/** Runs the study; kills it, without a chance to tidy up, as soon as it says something. */
function study(args, killAt) {
  const child = spawn(process.execPath, [join(root, 'scripts', 'study.mjs'), ...args], {
    env: { ...process.env, CHROMIUM: findChromium() },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text
    if (killAt?.test(stderr)) child.kill('SIGKILL')
  })
  return new Promise((resolve) => {
    child.on('close', (exitCode) => resolve({ exitCode, stderr }))
  })
}

test('a study goes from a corpus to its page, and on after it was killed', async () => {
  const out = mkdtempSync(join(tmpdir(), 'dubbook-study-'))
  const cache = join(out, 'cache')
  try {
    const args = ['--smoke', '--compare', 'dubs', '--out', out, '--cache', cache]
    const killed = await study(args, /en \+ es, seed 1: /)
    assert.equal(existsSync(join(out, 'study-dubs.md')), false, killed.stderr)
    const { exitCode, stderr } = await study(args)
    assert.equal(exitCode, 0, stderr)
    // What was there is not made again.
    assert.doesNotMatch(stderr, /Making a corpus|all languages, seed 1/)
    const page = readFileSync(join(out, 'study-dubs.md'), 'utf8')
    for (const row of ['all languages', 'en + es', 'speech removed', 'untrained weights', 'mean log-mels'])
      assert.match(page, new RegExp(`^\\| ${row.replace('+', '\\+')} \\| [\\d.]+ \\[`, 'm'))
    assert.match(page, /all languages − speech removed/)
    assert.match(readFileSync(join(out, 'study-dubs.svg'), 'utf8'), /^<svg .*<\/svg>\n$/s)
  } finally {
    rmSync(out, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }
})
